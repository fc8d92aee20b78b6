package history_test

import (
	"time"

	"stockroom/e2e/chaos/history"
)

// right and wrong are answers after which [story] has nothing or something that
// must be found.
var (
	right = map[string]history.Read{
		"Newest":                      detail(4000*ms, "a", 3),
		"ReplacedAMomentAgo":          detail(4000*ms, "a", 1),
		"SeenBeforeAcknowledged":      detail(3050*ms, "a", 3),
		"NotYetMade":                  detail(1500*ms, "b", 0),
		"Deleted":                     detail(9000*ms, "b", 0),
		"SeenDeletedBeforeAnswered":   detail(4050*ms, "b", 0),
		"DeletedAMomentAgo":           detail(5000*ms, "b", 2),
		"ByTokenNewest":               with(detail(3500*ms, "a", 3), token(3)),
		"TokenOfAnother":              with(detail(3000*ms, "a", 1), token(2)),
		"OnTheWriter":                 with(detail(3500*ms, "a", 3), by(0)),
		"DoubtfulWriteHappened":       detail(6500*ms, "a", 6),
		"DoubtfulWriteMayBeUnseen":    detail(9000*ms, "a", 6),
		"List":                        list(3500*ms, 3, item("b", 2), item("a", 3)),
		"ListBefore":                  list(4000*ms, 2, item("b", 2), item("a", 1)),
		"ListWithoutTheDeleted":       list(5500*ms, 5, item("a", 5)),
		"ListUnchanged":               with(list(3500*ms, 3), func(r *history.Read) { r.Page = nil }),
		"SecondPage":                  with(list(3500*ms, 3, item("a", 3)), func(r *history.Read) { r.List, r.Page.Total = history.List{Page: 2, Size: 1}, 2 }),
		"BeyondTheLastPage":           with(list(3500*ms, 3), func(r *history.Read) { r.List.Page, r.Page.Total = 3, 2 }),
		"Category":                    with(list(3500*ms, 3, item("b", 2), item("a", 3)), func(r *history.Read) { r.List.Category = "x" }),
		"EmptyCategory":               with(list(3500*ms, 3), func(r *history.Read) { r.List.Category = "y" }),
		"LabelledAndOldEnough":        with(detail(4900*ms, "a", 1), stale(2*time.Second, 2)),
		"LabelledUntouchedByItsAsOf":  with(detail(4000*ms, "a", 3), stale(time.Second, 4)),
		"LabelledListOfAWhileAgo":     with(list(6000*ms, 2, item("b", 2), item("a", 1)), stale(3*time.Second, 2)),
		"LabelledAndIncludesTheToken": with(detail(4500*ms, "a", 3), func(r *history.Read) { token(3)(r); stale(time.Second, 3)(r) }),
	}

	wrong = map[string]history.Read{
		"ReplacedTooLongAgo":          detail(4101*ms, "a", 1),
		"DeletedTooLongAgo":           detail(5101*ms, "b", 2),
		"GoneAlthoughMade":            detail(3500*ms, "b", 0),
		"NotYetDeleted":               detail(3900*ms, "b", 0),
		"FromTheFuture":               detail(2900*ms, "a", 3),
		"NoSuchVersion":               detail(5000*ms, "a", 4),
		"VersionOfNobody":             detail(9000*ms, "a", 7),
		"UnknownProduct":              detail(9000*ms, "c", 3),
		"DeletedVersion":              detail(4500*ms, "b", 4),
		"OtherContent":                with(detail(4000*ms, "a", 3), func(r *history.Read) { r.Stock++ }),
		"BeforeItsToken":              with(detail(3500*ms, "a", 1), token(3)),
		"BeforeAnOwnWrite":            with(detail(3500*ms, "a", 1), by(0)),
		"DoubtfulWriteTooEarly":       detail(5900*ms, "a", 6),
		"ListReplacedTooLongAgo":      list(4101*ms, 2, item("b", 2), item("a", 1)),
		"ListBeforeItsToken":          with(list(3500*ms, 2, item("b", 2), item("a", 1)), token(3)),
		"ListBeforeAnOwnWrite":        with(list(3500*ms, 2, item("b", 2), item("a", 1)), by(0)),
		"ListFromTheFuture":           list(2900*ms, 3, item("b", 2), item("a", 3)),
		"ListOfNoCommit":              list(9000*ms, 7, item("a", 6)),
		"ListOfTwoMoments":            list(3500*ms, 3, item("b", 2), item("a", 1)),
		"ListWithTheDeleted":          list(4500*ms, 4, item("b", 2), item("a", 3)),
		"ListWithoutAProduct":         list(3500*ms, 3, item("a", 3)),
		"ListInAnotherOrder":          list(3500*ms, 3, item("a", 3), item("b", 2)),
		"ListWithOtherContent":        list(3500*ms, 3, history.Item{Product: "b", Version: 2, Stock: 21}, item("a", 3)),
		"ListWithAnotherTotal":        with(list(3500*ms, 3, item("b", 2), item("a", 3)), func(r *history.Read) { r.Page.Total = 3 }),
		"ListUnchangedTooLong":        with(list(4101*ms, 2), func(r *history.Read) { r.Page = nil }),
		"CategoryWithAnothersProduct": with(list(3500*ms, 3, item("a", 3)), func(r *history.Read) { r.List.Category = "y" }),
		"LabelledButOlder":            with(detail(5200*ms, "a", 1), stale(2*time.Second, 2)),
		"LabelledForTooLong":          with(detail(4000*ms, "a", 3), stale(5*time.Minute+time.Second, 3)),
		"LabelledBeforeItsToken":      with(detail(4500*ms, "a", 1), func(r *history.Read) { token(3)(r); stale(2*time.Second, 2)(r) }),
		"LabelledAsOfTheFuture":       with(detail(4500*ms, "a", 3), stale(time.Second, 5)),
		"LabelledAsOfItsReplacement":  with(detail(4500*ms, "a", 1), stale(2*time.Second, 3)),
		"LabelledAsOfBeforeIt":        with(detail(4500*ms, "a", 3), stale(2*time.Second, 2)),
		"LabelledListButOlder":        with(list(6200*ms, 2, item("b", 2), item("a", 1)), stale(3*time.Second, 2)),
	}
)
