package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Courier sends the letters that are due. Of a letter as much is kept as is
// needed to write it again, so whenever a courier dies another one, or the next,
// does its work: nothing is lost, and what it did last may be done twice.
type Courier struct {
	svc    *Service
	mailer Mailer
	texts  Texts

	sent, failed atomic.Int64
}

const (
	atOnce     = 4                // letters that are sent at the same time
	sendWithin = 20 * time.Second // one of them
	allWithin  = 40 * time.Second // one of them, with all around it
	againAfter = time.Minute      // what was not sent: longer than sending it takes
	noteWithin = 5 * time.Second  // that one was sent, also while the process stops
)

// NewCourier returns a courier for the letters of svc.
func NewCourier(svc *Service, mailer Mailer, texts Texts) *Courier {
	return &Courier{svc: svc, mailer: mailer, texts: texts}
}

// Wake tells that there is a new letter. It may tell so once for several.
func (c *Courier) Wake() <-chan struct{} { return c.svc.wake }

// Sent returns how many mails were taken over.
func (c *Courier) Sent() int64 { return c.sent.Load() }

// Failed returns how often a mail was not taken over, or was given up.
func (c *Courier) Failed() int64 { return c.failed.Load() }

// Deliver sends letters until none is due. After a round in which something
// failed it returns that and leaves the rest for the next time, which had better
// not be at once.
func (c *Courier) Deliver(ctx context.Context) error {
	for {
		now := c.svc.time()
		letters, err := c.svc.Letters.Claim(ctx, now, now.Add(againAfter), atOnce)
		if err != nil || len(letters) == 0 {
			return err
		}
		failures := make([]error, len(letters))
		var wg sync.WaitGroup
		for i, l := range letters {
			wg.Go(func() { failures[i] = c.deliver(ctx, l) })
		}
		wg.Wait()
		if err := errors.Join(failures...); err != nil {
			return err
		}
	}
}

func (c *Courier) deliver(ctx context.Context, l Letter) error {
	ctx, cancel := context.WithTimeout(ctx, allWithin)
	defer cancel()
	if c.svc.time().Sub(l.CreatedAt) >= giveUpAfter {
		c.failed.Add(1)
		return errors.Join(fmt.Errorf("letter %s is given up", l.ID), c.svc.Letters.Drop(ctx, l.ID))
	}
	token, err := c.issue(ctx, &l)
	if err != nil || token == "" {
		return err
	}
	if err := c.send(ctx, l, token); err != nil {
		c.failed.Add(1)
		err = fmt.Errorf("send letter %s: %w", l.ID, err)
		if errors.Is(err, ErrMailRefused) {
			return errors.Join(err, c.svc.Letters.Drop(ctx, l.ID))
		}
		return err
	}
	c.sent.Add(1)
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	return c.svc.Letters.Sent(ctx, l.ID)
}

// issue finds out whom a letter is for and makes its token good. The token is
// empty if there is nothing to be sent, at least not now.
func (c *Courier) issue(ctx context.Context, l *Letter) (token string, err error) {
	account, err := c.addressee(ctx, *l)
	if errors.Is(err, ErrAccountNotFound) {
		if l.Account != "" && c.svc.time().Sub(l.CreatedAt) < abandonedAfter {
			return "", nil // somebody is registering
		}
		return "", c.svc.Letters.Drop(ctx, l.ID)
	}
	if err != nil {
		return "", err
	}
	if !account.live() || l.Purpose == PurposeVerify && account.EmailVerified {
		return "", c.svc.Letters.Drop(ctx, l.ID)
	}
	token = c.svc.Secrets.mailedToken(l.Purpose, l.ID)
	now := c.svc.time()
	l.Account, l.Email = account.ID, account.Email
	l.Token, l.ExpiresAt = hashOf(token), now.Add(l.Purpose.lifetime())
	// What is committed but not carried out yet would end this letter too.
	_, err = c.svc.settled(ctx, account)
	if err == nil {
		err = c.svc.Letters.Issue(ctx, *l, now.Add(-lettersWithin), maxLetters)
	}
	switch {
	case errors.Is(err, ErrLetterNotFound):
		return "", nil
	case errors.Is(err, ErrTooManyLetters), errors.Is(err, ErrCredentialNotFound):
		return "", c.svc.Letters.Drop(ctx, l.ID)
	case err != nil:
		return "", err
	}
	return token, nil
}

func (c *Courier) addressee(ctx context.Context, l Letter) (Account, error) {
	if l.Account != "" {
		return c.svc.Accounts.Account(ctx, l.Account)
	}
	return c.svc.Accounts.LookupEmail(ctx, l.Email)
}

func (c *Courier) send(ctx context.Context, l Letter, token string) error {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	return c.mailer.Send(ctx, c.texts.mail(l, token))
}
