package web

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
)

// takeForms prepares o for [object.fromForm].
func (o *object) takeForms() {
	for _, m := range o.members {
		if !m.ignored {
			m.text = textSetterOf(m.value)
		}
	}
}

// fromForm fills dst from the fields of a form. Unlike unknown members of JSON,
// unknown fields are ignored: RFC 6749 demands it of the OAuth 2.0 forms.
func (o *object) fromForm(values map[string][]string, dst reflect.Value, r *report) {
	for _, name := range o.names {
		m := o.members[name]
		sent, at := values[name], place{pointer: "/" + name}
		switch {
		case m.ignored:
		case len(sent) > 1:
			r.add(at, fault{codeRepeated, "Was sent more than once."})
		case len(sent) == 0 && o.required[name]:
			r.add(at, fault{codeRequired, "Is required."})
		case len(sent) == 0:
		case !utf8.ValidString(sent[0]) || strings.ContainsRune(sent[0], 0):
			r.add(at, fault{codeInvalid, "Is not valid text."})
		default:
			m.readText(field(dst, m.index), sent[0], at, r)
		}
	}
}

func (m *member) readText(dst reflect.Value, text string, at place, r *report) {
	if o, ok := dst.Addr().Interface().(optional); ok {
		inner, isSet, _ := o.slots()
		*isSet, dst = true, inner
	}
	setText(m.text, m.limits, dst, text, at, r)
}

// maxParts bounds the fields of a form.
const maxParts = 100

var errForm = ErrMalformedRequest.Because("The form cannot be read.")

func formValues(c *fiber.Ctx, media string) (map[string][]string, error) {
	body := c.Request().Body()
	if media == mimeMultipart {
		return multipartValues(body, string(c.Request().Header.ContentType()))
	}
	if bytes.Count(body, []byte{'&'}) >= maxParts {
		return nil, errForm
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errForm
	}
	return values, nil
}

func multipartValues(body []byte, contentType string) (map[string][]string, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, errForm
	}
	reader := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	values := make(map[string][]string)
	for range maxParts {
		part, err := reader.NextRawPart()
		if err == io.EOF { //nolint:errorlint // a wrapped one means that the form was cut short
			return values, nil
		}
		if err != nil || part.FileName() != "" {
			return nil, errForm
		}
		value, err := io.ReadAll(part) // no longer than the body, which is in memory already
		if err != nil {
			return nil, errForm
		}
		values[part.FormName()] = append(values[part.FormName()], string(value))
	}
	return nil, errForm
}
