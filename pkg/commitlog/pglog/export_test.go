package pglog

// ComeFromTimeline makes l believe that it last read from a server of another
// timeline, as after a standby was promoted.
func (l *Log) ComeFromTimeline(timeline string) { l.probe.timeline = timeline }
