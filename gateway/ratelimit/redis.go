package ratelimit

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"

	"github.com/redis/go-redis/v9"
)

//go:embed spend.lua
var spendScript string

// Redis keeps what gateways have taken together.
type Redis struct {
	client *redis.Client
	spend  *redis.Script
}

var _ Shared = (*Redis)(nil)

// NewRedis returns what is shared by all who use the same database of client.
func NewRedis(client *redis.Client) *Redis {
	return &Redis{client, redis.NewScript(spendScript)}
}

// Spend implements [Shared].
func (r *Redis) Spend(ctx context.Context, p Policy, spendings []Spending) ([]float64, error) {
	levels, err := r.try(ctx, p, spendings)
	if redis.HasErrorPrefix(err, "NOSCRIPT") { // it was restarted, or is new
		if err = r.spend.Load(ctx, r.client).Err(); err == nil {
			levels, err = r.try(ctx, p, spendings)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("share what was taken: %w", err)
	}
	return levels, nil
}

func (r *Redis) try(ctx context.Context, p Policy, spendings []Spending) ([]float64, error) {
	calls := make([]*redis.Cmd, len(spendings))
	_, err := r.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, s := range spendings {
			calls[i] = r.spend.EvalSha(ctx, pipe, []string{"stockroom:limit:" + p.Name + ":" + s.Key}, p.Rate, p.burst(), s.Tokens)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	levels := make([]float64, len(calls))
	for i, call := range calls {
		text, err := call.Text()
		if err != nil {
			return nil, err
		}
		if levels[i], err = strconv.ParseFloat(text, 64); err != nil {
			return nil, err
		}
	}
	return levels, nil
}
