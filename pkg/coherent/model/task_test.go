package model_test

import "iter"

// task is something that happens step by step, in between with everything
// else: the scheduler resumes it, and it runs up to its next step.
type task struct {
	next  func() (struct{}, bool)
	stop  func()
	yield func(struct{}) bool
}

// killed unwinds a task that is stopped in the middle.
type killed struct{}

func newTask(work func(*task)) *task {
	t := &task{}
	t.next, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		defer func() {
			if r := recover(); r != nil && r != (killed{}) {
				panic(r)
			}
		}()
		t.yield = yield
		work(t)
	})
	return t
}

// step lets others go on. What a task does between two steps is atomic.
func (t *task) step() {
	if !t.yield(struct{}{}) {
		panic(killed{})
	}
}

// waitFor gives others up to steps steps to bring about what is waited for.
func (t *task) waitFor(steps int, done func() bool) bool {
	for range steps {
		if done() {
			return true
		}
		t.step()
	}
	return done()
}
