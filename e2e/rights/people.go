package rights

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
)

// person is somebody who is signed in.
type person struct{ id, name, token, refresh string }

const password = "Better-Horse-8"

// office is where people are hired and let go, through any gateway.
type office struct {
	gateways []*door
	company  *company

	mu    sync.Mutex
	owner person
	since time.Time // when the owner signed in
}

// errRefused tells that a request was not made, as too little was known at the
// moment about who may make it. On a busy machine that is so now and then.
var errRefused = errors.New("refused for now")

// call sends a request through one of the gateways. It fails if the answer has
// another status.
func (o *office) call(method, path, token string, body any, want int) ([]byte, error) {
	text := ""
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		text = string(data)
	}
	status, answer := o.gateways[rand.IntN(len(o.gateways))].send(method, path, token, text)
	if status == http.StatusServiceUnavailable {
		return nil, fmt.Errorf("%s %s: %w: %.300s", method, path, errRefused, answer)
	}
	if status != want {
		return nil, fmt.Errorf("%s %s: status %d, want %d: %.300s", method, path, status, want, answer)
	}
	return answer, nil
}

func (o *office) signIn(name, password string) (p person, err error) {
	answer, err := o.call(http.MethodPost, "/api/v1/auth/login/json", "", map[string]string{"username": name, "password": password}, http.StatusOK)
	if err != nil {
		return person{}, err
	}
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(answer, &tokens); err != nil {
		return person{}, err
	}
	return person{name: name, token: tokens.Access, refresh: tokens.Refresh}, nil
}

// asOwner returns an administrator's token that is good for a while.
func (o *office) asOwner() (string, error) {
	const while = 2 * time.Minute
	o.mu.Lock()
	defer o.mu.Unlock()
	if time.Since(o.since) < while {
		return o.owner.token, nil
	}
	p, err := o.signIn(o.company.admin.Username, o.company.admin.Password)
	if err == nil {
		o.owner, o.since = p, time.Now()
	}
	return p.token, err
}

// hire returns a new administrator.
func (o *office) hire() (p person, err error) {
	name := "p-" + uuid.NewString()
	answer, err := o.call(http.MethodPost, "/api/v1/auth/register", "",
		map[string]string{"username": name, "email": name + "@shop.example", "password": password}, http.StatusCreated)
	if err != nil {
		return p, err
	}
	var account struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(answer, &account); err != nil {
		return p, err
	}
	owner, err := o.asOwner()
	if err != nil {
		return p, err
	}
	if _, err := o.call(http.MethodPut, "/api/v1/users/"+account.ID+"/role?role=admin", owner, nil, http.StatusOK); err != nil {
		return p, err
	}
	p, err = o.signIn(name, password)
	p.id = account.ID
	return p, err
}
