package telemetry

import "github.com/prometheus/client_golang/prometheus"

// durations are the bounds of all histograms of time. Those of latency goals,
// 250 ms and 1 s, are among them.
var durations = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// Gauge shows what value returns at the moment. labels are pairs of name and
// value.
func (t *Telemetry) Gauge(name, help string, value func() float64, labels ...string) {
	t.Registry.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: pairs(labels)}, value))
}

// Counter shows what value returns, which never falls. labels are pairs of name
// and value.
func (t *Telemetry) Counter(name, help string, value func() float64, labels ...string) {
	t.Registry.MustRegister(prometheus.NewCounterFunc(
		prometheus.CounterOpts{Name: name, Help: help, ConstLabels: pairs(labels)}, value))
}

// Durations returns what takes seconds into a histogram. labels are pairs of
// name and value.
func (t *Telemetry) Durations(name, help string, labels ...string) func(seconds float64) {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: name, Help: help, ConstLabels: pairs(labels), Buckets: durations,
	})
	t.Registry.MustRegister(h)
	return h.Observe
}

func pairs(labels []string) prometheus.Labels {
	m := make(prometheus.Labels, len(labels)/2)
	for i := 0; i+1 < len(labels); i += 2 {
		m[labels[i]] = labels[i+1]
	}
	return m
}
