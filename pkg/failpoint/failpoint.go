// Package failpoint marks places at which a test can have the process killed,
// if it was built with the tag failpoints. Otherwise a mark is nothing at all.
package failpoint

// Places. A write passes the first three, an event the next two.
const (
	BeforeCommit = "before-commit"
	AfterCommit  = "after-commit"
	AfterPublish = "after-publish"
	MidApply     = "mid-apply" // before the second level hears of it
	BeforeDrop   = "before-drop"
	AfterFill    = "after-fill"
	MidRepair    = "mid-repair"
)

// Places of a registration in auth, in its order. Users passes BeforeCommit and
// AfterCommit after BeforeAccount.
const (
	BeforeHash      = "before-hash"
	AfterHash       = "after-hash"
	AfterCredential = "after-credential"
	BeforeAccount   = "before-account" // the letter is written
	BeforeConfirm   = "before-confirm"
	AfterConfirm    = "after-confirm"
)
