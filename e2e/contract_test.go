package e2e_test

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/stretchr/testify/require"
)

// contract is the OpenAPI document that the system itself offers.
type contract struct {
	mu       sync.Mutex // the validator keeps caches that it does not guard everywhere
	document validator.Validator
}

func openContract(t *testing.T, text []byte) *contract {
	t.Helper()
	doc, err := libopenapi.NewDocument(text)
	require.NoError(t, err)
	v, errs := validator.NewValidator(doc)
	require.Empty(t, errs)
	ok, problems := v.ValidateDocument()
	require.True(t, ok, "the document is no OpenAPI: %v", problems)
	return &contract{document: v}
}

// check holds an answer against the document, which knows nothing of what no
// operation answers: an unknown route or method.
func (c *contract) check(t *testing.T, a answer) {
	t.Helper()
	if a.Request.Method == http.MethodHead || a.StatusCode == http.StatusMethodNotAllowed || !operation.MatchString(a.Request.URL.Path) {
		return
	}
	res := *a.Response
	res.Body = io.NopCloser(bytes.NewReader(a.body))
	c.mu.Lock()
	defer c.mu.Unlock()
	ok, problems := c.document.ValidateHttpResponse(a.Request, &res)
	if !ok {
		for _, p := range problems {
			t.Errorf("%s\nnot as documented: %s: %s", a, p.Message, p.Reason)
			for _, s := range p.SchemaValidationErrors {
				t.Errorf("  at %s: %s", s.FieldPath, s.Reason)
			}
		}
		t.FailNow()
	}
}

var operation = regexp.MustCompile(`^/api/v1/(auth/(register|login|login/json|refresh|me|password|(password-reset|email-verification)(/confirm)?)|(products|users)(/[^/]+)?|users/[^/]+/(role|deactivate|activate|restore|erase|audit))$`)
