package web

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"stockroom/pkg/errs"
)

const (
	bearerScheme = "bearer"
	schemaPrefix = "#/components/schemas/"
)

func newDocument(title, version string) *huma.OpenAPI {
	return &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: title, Version: version},
		Paths:   make(map[string]*huma.PathItem),
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry(schemaPrefix, huma.DefaultSchemaNamer),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				bearerScheme: {Type: "http", Scheme: "bearer", BearerFormat: "JWT"},
			},
		},
	}
}

// describe adds op to the document.
func (a *API) describe(op Operation, b *binder, out answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	described := &huma.Operation{
		OperationID: op.ID,
		Method:      op.Method,
		Path:        op.Path,
		Summary:     op.Summary,
		Description: op.Description,
		Parameters:  b.describe(),
		RequestBody: b.describeBody(),
		Responses:   a.responses(op, b, out),
	}
	if op.Tag != "" {
		described.Tags = []string{op.Tag}
		a.tag(op.Tag)
	}
	if !op.Access.Open {
		described.Security = []map[string][]string{{bearerScheme: {}}}
	}
	a.doc.AddOperation(described)
	for _, schema := range a.doc.Components.Schemas.Map() {
		tidy(schema)
	}
}

func (a *API) tag(name string) {
	if !slices.ContainsFunc(a.doc.Tags, func(t *huma.Tag) bool { return t.Name == name }) {
		a.doc.Tags = append(a.doc.Tags, &huma.Tag{Name: name})
	}
}

func (b *binder) describe() []*huma.Param {
	var params []*huma.Param
	for _, p := range b.params {
		described := *p.schema
		described.Description = ""
		params = append(params, &huma.Param{
			Name: p.name, In: p.in, Description: p.schema.Description, Required: p.required, Schema: &described,
		})
	}
	return params
}

func (b *binder) describeBody() *huma.RequestBody {
	if b.body == nil {
		return nil
	}
	content := make(map[string]*huma.MediaType)
	for _, media := range b.body.media {
		content[media] = &huma.MediaType{Schema: b.body.schema}
	}
	return &huma.RequestBody{Required: !b.body.optional, Content: content}
}

func (a *API) responses(op Operation, b *binder, out answer) map[string]*huma.Response {
	responses := make(map[string]*huma.Response)
	success := map[int]string{op.Status: http.StatusText(op.Status)}
	maps.Copy(success, op.Also)
	for status, meaning := range success {
		r := &huma.Response{Description: meaning, Headers: describeHeaders(op.Headers)}
		if out.model != nil && status < 300 && status != fiber.StatusNoContent {
			r.Content = map[string]*huma.MediaType{fiber.MIMEApplicationJSON: {Schema: a.model(op, out.model)}}
		}
		responses[strconv.Itoa(status)] = r
	}
	for status, failures := range byStatus(a.failuresOf(op, b)) {
		responses[strconv.Itoa(status)] = a.problem(failures)
	}
	return responses
}

func (a *API) model(op Operation, t reflect.Type) *huma.Schema {
	s := a.doc.Components.Schemas.Schema(t, true, op.ID+"Answer")
	tidy(s)
	return s
}

func describeHeaders(headers map[string]string) map[string]*huma.Param {
	described := make(map[string]*huma.Param)
	for name, meaning := range headers {
		described[name] = &huma.Param{Description: meaning, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return described
}

// failuresOf returns every failure that op can answer.
func (a *API) failuresOf(op Operation, b *binder) []*errs.Error {
	failures := []*errs.Error{ErrMalformedRequest, ErrMediaType, ErrInternal, ErrUnavailable, ErrTimeout}
	if !op.Access.Open {
		failures = append(failures, ErrUnauthenticated)
	}
	if op.Access.Permission != "" {
		failures = append(failures, errPermission)
	}
	if b.body != nil {
		failures = append(failures, ErrMalformedJSON, ErrBodyTooLarge)
	}
	if b.body != nil || len(b.params) > 0 {
		failures = append(failures, errs.ErrValidation)
	}
	return append(failures, op.Errors...)
}

// errPermission is documented here and found by gates.
var errPermission = errs.New(errs.Forbidden, "permission_denied", "Permission denied")

func byStatus(failures []*errs.Error) map[int][]*errs.Error {
	grouped := make(map[int][]*errs.Error)
	for _, f := range failures {
		status := StatusOf(f)
		grouped[status] = append(grouped[status], f)
	}
	return grouped
}

func (a *API) problem(failures []*errs.Error) *huma.Response {
	var codes []string
	for _, f := range failures {
		if line := "`" + f.Code + "`: " + f.Title; !slices.Contains(codes, line) {
			codes = append(codes, line)
		}
	}
	schema := a.doc.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	r := &huma.Response{
		Description: strings.Join(codes, "; "),
		Content:     map[string]*huma.MediaType{ProblemContentType: {Schema: schema}},
	}
	for _, f := range failures {
		if RetryAfter(f) != "" {
			r.Headers = describeHeaders(map[string]string{fiber.HeaderRetryAfter: "Seconds until it makes sense to come back"})
		}
		if Challenge(f) != "" {
			r.Headers = describeHeaders(map[string]string{fiber.HeaderWWWAuthenticate: "How to authenticate"})
		}
	}
	return r
}
