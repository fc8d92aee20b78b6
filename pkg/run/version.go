package run

import "runtime/debug"

// The linker sets these: -ldflags "-X stockroom/pkg/run.version=1.2.3 -X stockroom/pkg/run.commit=…".
var (
	version = "dev"
	commit  = ""
)

// Version tells which build of a program this is.
type Version struct{ Number, Commit string }

// ThisVersion returns the version of the running program. A build that nobody
// has stamped is of version dev, and of the commit that the compiler saw.
func ThisVersion() Version {
	v := Version{Number: version, Commit: commit}
	if v.Commit == "" {
		v.Commit = seenCommit()
	}
	return v
}

// String returns the version as people write it.
func (v Version) String() string {
	if v.Commit == "" {
		return v.Number
	}
	return v.Number + " (" + v.Commit + ")"
}

func seenCommit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
