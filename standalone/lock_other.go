//go:build !unix

package standalone

import "os"

// exclude does nothing where files cannot be locked in this way; SQLite still
// keeps the data whole there.
func exclude(*os.File) error { return nil }
