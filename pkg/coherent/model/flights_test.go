package model_test

import "stockroom/pkg/coherent"

// result is what one flight brings to all that wait for it.
type result struct {
	entry   coherent.Entry
	origin  coherent.Origin
	epoch   int64
	validAt int64
}

// flights let one reader per key work and the others wait for its result.
type flights [keyCount]*flight

type flight struct {
	done bool
	res  result
	err  error
}

// do returns the result of one call of work. A result is shared only if its
// flight began after do was called, or if accept takes it.
func (f *flights) do(t *task, n int, accept func(result) bool, work func() (result, error)) (result, error) {
	for round := 0; ; round++ {
		one := f[n]
		if one == nil {
			one = &flight{}
			f[n] = one
			one.res, one.err = work()
			f[n], one.done = nil, true
			return one.res, one.err
		}
		for !one.done {
			t.step()
		}
		if one.err != nil {
			return result{}, one.err
		}
		if round > 0 || accept(one.res) {
			return one.res, nil
		}
	}
}
