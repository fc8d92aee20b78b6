package httpapi

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/commitlog"
	"stockroom/pkg/commitlog/httplog"
	"stockroom/pkg/token"
	"stockroom/pkg/web"
	"stockroom/services/auth"
)

// auditRows is how many rows of the audit are shown.
const auditRows = 200

func mountRights(api *web.API, h handlers, log commitlog.Source) {
	web.Handle(api, web.Operation{
		ID: "listRevocations", Method: http.MethodGet, Path: "/internal/v1/revocations", Tag: "auth",
		Summary: "List the sessions that ended within the last 15 minutes",
	}, h.revocations)
	web.Handle(api, web.Operation{
		ID: "listEndings", Method: http.MethodGet, Path: "/internal/v1/accounts/{id}/audit", Tag: "auth",
		Summary: "Tell how the last 200 sessions of an account that ended did so, the last first",
	}, h.audit)
	httplog.Mount(api.App(), log)
}

// Rights is what a [token.Verifier] in this very process follows.
type Rights struct {
	commitlog.Source
	Service *auth.Service
}

var _ token.Rights = Rights{}

// Revocations implements [token.Rights].
func (r Rights) Revocations(ctx context.Context) (token.Snapshot, error) {
	ended, err := r.Service.Ended(ctx)
	if err != nil {
		return token.Snapshot{}, err
	}
	s := token.Snapshot{Epoch: ended.Epoch, Seq: ended.Seq, Items: make([]token.Revision, 0, len(ended.Sessions))}
	for _, id := range ended.Sessions {
		s.Items = append(s.Items, token.Revision{ID: string(id)})
	}
	return s, nil
}

func (h handlers) revocations(c *fiber.Ctx, _ web.Empty) (token.Snapshot, error) {
	return h.rights.Revocations(c.UserContext())
}

type ending struct {
	Session   string `json:"session"    format:"uuid"`
	Reason    string `json:"reason"`
	Address   string `json:"address"    doc:"That asked for it; empty if nobody did"`
	RequestID string `json:"request_id"`
	At        string `json:"at"         format:"date-time"`
}

type endings struct {
	Items []ending `json:"items"`
}

func (h handlers) audit(c *fiber.Ctx, in struct {
	ID web.ID `path:"id"`
},
) (endings, error) {
	found, err := h.svc.Audit(c.UserContext(), auth.AccountID(in.ID), auditRows)
	if err != nil {
		return endings{}, err
	}
	list := endings{Items: make([]ending, 0, len(found))}
	for _, e := range found {
		list.Items = append(list.Items, ending{string(e.Session), e.Reason, e.Address, e.RequestID, formatTime(e.At)})
	}
	return list, nil
}
