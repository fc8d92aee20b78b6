package httpapi

import (
	"time"

	"stockroom/pkg/web"
	"stockroom/services/users"
)

// account is what clients see of an account.
type account struct {
	ID            web.ID `json:"id"`
	Email         string `json:"email" doc:"As it was sent" example:"ada@example.com"`
	Username      string `json:"username" doc:"As it was sent" example:"ada"`
	Role          string `json:"role" enum:"admin,user"`
	IsActive      bool   `json:"is_active"`
	EmailVerified bool   `json:"email_verified" doc:"Somebody has shown that mail to this address reaches them"`
	CreatedAt     string `json:"created_at" format:"date-time"`
	UpdatedAt     string `json:"updated_at" format:"date-time"`
	DeletedAt     string `json:"deleted_at,omitempty" format:"date-time" doc:"Only in deleted accounts, which are shown on demand"`
}

func accountOf(a users.Account) account {
	shown := account{
		ID: web.ID(a.ID), Email: string(a.Email), Username: string(a.Username), Role: string(a.Role),
		IsActive: a.IsActive, EmailVerified: a.EmailVerified, CreatedAt: stamp(a.CreatedAt), UpdatedAt: stamp(a.UpdatedAt),
	}
	if a.Deleted() {
		shown.DeletedAt = stamp(a.DeletedAt)
	}
	return shown
}

// stamp always writes microseconds, which time.Time leaves out when they are zero.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// accountPage is a part of a list.
type accountPage struct {
	Items      []account `json:"items"`
	Total      int       `json:"total"`
	Page       int       `json:"page"`
	PageSize   int       `json:"page_size"`
	TotalPages int       `json:"total_pages" doc:"At least 1"`
}

func pageOf(p users.Page, f users.Filter) accountPage {
	items := make([]account, 0, len(p.Items))
	for _, a := range p.Items {
		items = append(items, accountOf(a))
	}
	return accountPage{
		Items: items, Total: p.Total, Page: f.Page, PageSize: f.Size,
		TotalPages: pages(p.Total, f.Size),
	}
}

// pages returns how many pages of that size hold total rows.
func pages(total, size int) int { return max(1, (total+size-1)/size) }
