package registration

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// person is somebody who wants an account. Rivals want the same as somebody else.
type person struct {
	name, email, password string
	rival                 bool
}

const (
	alone  = 4 // so many at once register names that nobody else wants
	crowds = 2 // and in so many groups
	crowd  = 3 // so many rivals register at once

	breath = 30 * time.Millisecond // between two registrations
)

func newPerson() person {
	name := "p-" + uuid.NewString()
	return person{name: name, email: name + "@shop.example", password: "Better-" + uuid.NewString()}
}

// rivals return people who want the same name, or the same email, in other
// letters.
func rivals(n int) []person {
	first := newPerson()
	first.rival = true
	all := []person{first}
	for range crowd - 1 {
		p := newPerson()
		p.rival = true
		if n%2 == 0 {
			p.name = strings.ToUpper(first.name)
		} else {
			p.email = strings.ToUpper(first.email)
		}
		all = append(all, p)
	}
	return all
}

// register registers p, again and again until it is told that there is an
// account, and reports whether it is the one of p. It fails if p has got none
// for which there is a reason.
func (c *town) register(ctx context.Context, p person) (bool, error) {
	status, unsure, err := c.ask(ctx, "/register", map[string]string{"username": p.name, "email": p.email, "password": p.password},
		http.StatusCreated, http.StatusConflict)
	if err != nil {
		return false, err
	}
	made := status == http.StatusCreated
	if !made && !unsure && !p.rival {
		return false, fmt.Errorf("%s is taken, by nobody", p.name)
	}
	in, err := c.signsIn(ctx, p)
	if err != nil {
		return false, err
	}
	if !in && (made || !p.rival) {
		return false, fmt.Errorf("%s is locked out, after the answer %d", p.name, status)
	}
	if in && !made {
		c.retold.Add(1)
		if !unsure {
			return false, fmt.Errorf("%s has an account, but was told at once that there is another one", p.name)
		}
	}
	return in, nil
}

func (c *town) signsIn(ctx context.Context, p person) (bool, error) {
	status, _, err := c.ask(ctx, "/login/json", map[string]string{"username": p.name, "password": p.password},
		http.StatusOK, http.StatusUnauthorized)
	return status == http.StatusOK, err
}

// compete has rivals register at once. It fails unless one of them gets the
// account, and returns who.
func (c *town) compete(ctx context.Context, all []person) (person, error) {
	var (
		mu      sync.Mutex
		failed  error
		winners []person
		racing  sync.WaitGroup
	)
	for _, p := range all {
		racing.Go(func() {
			won, err := c.register(ctx, p)
			mu.Lock()
			defer mu.Unlock()
			failed = errors.Join(failed, err)
			if won {
				winners = append(winners, p)
			}
		})
	}
	racing.Wait()
	if failed == nil && len(winners) != 1 {
		failed = fmt.Errorf("%d of %d rivals have %s", len(winners), len(all), all[0].name)
	}
	if failed != nil {
		return person{}, failed
	}
	return winners[0], nil
}

// crowdIn has people register until stop is closed, and returns who has an
// account. It goes on after a failure, as the killing does.
func (c *town) crowdIn(ctx context.Context, stop <-chan struct{}) (residents []person, failed error) {
	var (
		mu      sync.Mutex
		working sync.WaitGroup
	)
	keep := func(one func(n int) (person, error)) {
		working.Go(func() {
			for n := 0; ; n++ {
				p, err := one(n)
				mu.Lock()
				if err == nil {
					residents = append(residents, p)
				}
				failed = errors.Join(failed, err)
				mu.Unlock()
				select {
				case <-stop:
					return
				case <-time.After(breath):
				}
			}
		})
	}
	for range alone {
		keep(func(int) (person, error) {
			p := newPerson()
			_, err := c.register(ctx, p)
			return p, err
		})
	}
	for range crowds {
		keep(func(n int) (person, error) { return c.compete(ctx, rivals(n)) })
	}
	working.Wait()
	return residents, failed
}
