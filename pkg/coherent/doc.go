// Package coherent caches what a database says, in two levels, without ever
// telling an old answer for a new one.
//
// It follows a commit log: every write has a number (seq), every cached value
// carries the number as of which it was read, and every level carries the
// number up to which it has seen all writes. A value is served only if these
// numbers prove that it equals the database at a commit the reader may be shown:
//
//   - no older than the lease of the follower (one second) before the request,
//   - no older than the writes of this process,
//   - no older than the number that the request itself presents.
//
// What cannot be proved is read from the database. Lost, doubled and reordered
// messages, a stopped, flushed or rolled back second level and a killed process
// cost time, never truth.
//
// The first level lives in the process; the second, a [SecondLevel], is shared
// by replicas and optional: a [Cache] without one, or one whose second level is
// away, works with the first level and the database alone.
package coherent
