package httpapi

import (
	"strconv"
	"strings"

	"stockroom/pkg/web"
	"stockroom/services/catalog"
)

// Headers of the catalog.
const (
	headerSeq         = "Catalog-Seq"
	headerMinSeq      = "Catalog-Min-Seq"
	headerCacheStatus = "Cache-Status"
	headerAsOf        = "Catalog-As-Of"
)

// formatSeq returns a commit as clients see and echo it.
func formatSeq(c catalog.Commit) string {
	return strconv.FormatInt(c.Epoch, 10) + "." + strconv.FormatInt(c.Seq, 10)
}

// parseSeq reads what [formatSeq] wrote.
func parseSeq(text string) (catalog.Commit, error) {
	epoch, seq, _ := strings.Cut(text, ".")
	e, okE := parseDecimal(epoch)
	s, okS := parseDecimal(seq)
	if !okE || !okS {
		return catalog.Commit{}, web.ErrMalformedRequest.Because("%s must be two numbers with a dot between them.", headerMinSeq)
	}
	return catalog.Commit{Epoch: e, Seq: s}, nil
}

// parseDecimal reads digits and nothing else.
func parseDecimal(text string) (int64, bool) {
	n, err := strconv.ParseUint(text, 10, 63)
	return int64(n), err == nil
}

// listETag returns the entity tag of a list as it was at a commit. The commit
// decides what the list holds, down to the byte; it is weak because it changes
// with every commit, those that leave the list as it was too.
func listETag(at catalog.Commit) string { return `W/"` + formatSeq(at) + `"` }

// parseListETag reads what [listETag] wrote.
func parseListETag(tag string) (catalog.Commit, bool) {
	inner, opened := strings.CutPrefix(tag, `W/"`)
	inner, closed := strings.CutSuffix(inner, `"`)
	at, err := parseSeq(inner)
	return at, opened && closed && err == nil && listETag(at) == tag
}
