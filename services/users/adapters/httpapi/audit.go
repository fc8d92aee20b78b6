package httpapi

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/web"
	"stockroom/services/users"
)

// auditPage is a part of what was done to an account.
type auditPage struct {
	Items      []auditEntry `json:"items"`
	Total      int          `json:"total"`
	Page       int          `json:"page"`
	PageSize   int          `json:"page_size"`
	TotalPages int          `json:"total_pages" doc:"At least 1"`
}

// auditEntry is one thing that was done to an account.
type auditEntry struct {
	Seq       int64  `json:"seq" doc:"Place in the order of all changes of accounts"`
	At        string `json:"at" format:"date-time"`
	Actor     *actor `json:"actor"`
	Origin    string `json:"origin" enum:"account,operator" doc:"operator: who runs the system, by a command"`
	Action    string `json:"action" doc:"edit, change_password, verify_email, assign_role, deactivate, activate, delete, restore, erase" example:"deactivate"`
	Before    values `json:"before"`
	After     values `json:"after"`
	RequestID string `json:"request_id" doc:"X-Request-Id of the request"`
}

// actor is the account that did something.
type actor struct {
	ID       web.ID `json:"id"`
	Username string `json:"username"`
}

// Schema documents the actor, who may be missing.
func (*actor) Schema(r huma.Registry) *huma.Schema {
	id, _ := any(web.ID("")).(huma.SchemaProvider)
	return &huma.Schema{AnyOf: []*huma.Schema{
		{
			Type: huma.TypeObject, Required: []string{"id", "username"},
			Properties: map[string]*huma.Schema{
				"id":       id.Schema(r),
				"username": {Type: huma.TypeString, Description: "The present one"},
			},
		},
		{Type: "null", Description: "No account did it"},
	}}
}

// values are the members that changed.
type values users.Values

// Schema documents values.
func (values) Schema(huma.Registry) *huma.Schema {
	text := func(about string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Nullable: true, Description: about}
	}
	return &huma.Schema{
		Type: huma.TypeObject, Description: "The members that changed, and no others",
		Properties: map[string]*huma.Schema{
			"email":           text("Null once the account is erased"),
			"username":        text("Null once the account is erased"),
			"email_verified":  {Type: huma.TypeBoolean},
			"role":            {Type: huma.TypeString},
			"is_active":       {Type: huma.TypeBoolean},
			"deleted":         {Type: huma.TypeBoolean},
			"password_change": {Type: huma.TypeString, Description: "Which change of the password was the last; the password is nowhere"},
		},
		AdditionalProperties: true,
	}
}

func auditEntryOf(e users.Entry) auditEntry {
	before, after := e.Differences()
	shown := auditEntry{
		Seq: e.Seq, At: stamp(e.At), Origin: string(e.Origin), Action: string(e.Action),
		Before: values(before), After: values(after), RequestID: e.RequestID,
	}
	if e.Actor != "" {
		shown.Actor = &actor{web.ID(e.Actor), string(e.ActorName)}
	}
	return shown
}

func (h *handler) audit(c *fiber.Ctx, in auditInput) (auditPage, error) {
	q := users.AuditQuery{Account: users.AccountID(in.ID), Page: in.Page, Size: in.PageSize}
	p, err := h.svc.Audit(c.UserContext(), q)
	if err != nil {
		return auditPage{}, err
	}
	items := make([]auditEntry, 0, len(p.Items))
	for _, e := range p.Items {
		items = append(items, auditEntryOf(e))
	}
	return auditPage{Items: items, Total: p.Total, Page: q.Page, PageSize: q.Size, TotalPages: pages(p.Total, q.Size)}, nil
}
