package web

import (
	"strconv"
	"strings"
)

// ETag returns the strong entity tag of a version (RFC 9110, 8.8.3).
func ETag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// EntityTags returns the members of a header that lists entity tags. Ours contain
// no comma, so a foreign one that does is cut into pieces that match nothing.
func EntityTags(header string) []string {
	list := strings.Split(header, ",")
	for i := range list {
		list[i] = strings.Trim(list[i], " \t")
	}
	return list
}

// AnyTagMatches reports whether a header like If-None-Match, which compares
// weakly, names tag.
func AnyTagMatches(header, tag string) bool {
	if header == "" {
		return false
	}
	tag = strings.TrimPrefix(tag, "W/")
	for _, candidate := range EntityTags(header) {
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
			return true
		}
	}
	return false
}

// ExpectedVersions returns the versions whose [ETag] an If-Match, which compares
// strongly, names. They are nil if any will do: without the header, or with "*".
func ExpectedVersions(header string) []int64 {
	if header == "" {
		return nil
	}
	versions := []int64{}
	for _, tag := range EntityTags(header) {
		if tag == "*" {
			return nil
		}
		inner, opened := strings.CutPrefix(tag, `"`)
		inner, closed := strings.CutSuffix(inner, `"`)
		n, err := strconv.ParseUint(inner, 10, 63)
		if err == nil && opened && closed && ETag(int64(n)) == tag {
			versions = append(versions, int64(n))
		}
	}
	return versions
}
