package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
	"stockroom/pkg/web"
)

// cents reads a price from the digits that were sent.
type cents string

func (p *cents) UnmarshalJSON(raw []byte) error {
	text := strings.Trim(string(raw), `"`)
	switch {
	case text == "true":
		return errs.Validation(errs.Field{Code: "type", Detail: "Must be a price."})
	case text == "broken":
		return fmt.Errorf("secret %s", text)
	case strings.HasPrefix(text, "-"):
		return errs.ErrValidation.Because("Must not be negative.")
	}
	*p = cents(text)
	return nil
}

func (cents) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{{Type: huma.TypeNumber}, {Type: huma.TypeString}}}
}

type line struct {
	SKU   string `json:"sku"`
	Count int    `json:"count"`
}

type thing struct {
	ID          int                  `json:"id" readOnly:"true"`
	Role        string               `json:"-"`
	Name        string               `json:"name" maxLength:"20"`
	Stock       int32                `json:"stock,omitempty" minimum:"0"`
	Open        bool                 `json:"open,omitempty"`
	Weight      float64              `json:"weight,omitempty"`
	Price       cents                `json:"price,omitempty"`
	Kind        string               `json:"kind,omitempty" enum:"box,bag"`
	Owner       web.ID               `json:"owner,omitempty"`
	Lines       []line               `json:"lines,omitempty" maxItems:"2"`
	Description web.Optional[string] `json:"description,omitzero" nullable:"true"`
	Category    web.Optional[string] `json:"category,omitzero"`
}

func TestBodyThatIsNotStrictJSON(t *testing.T) {
	t.Parallel()
	api := echo[thing](t)

	for name, body := range map[string]string{
		"Empty":              "",
		"Blank":              " \n",
		"Cut":                `{"name":"a"`,
		"Word":               "hello",
		"TrailingValue":      `{"name":"a"} {"name":"b"}`,
		"TrailingScalar":     `{"name":"a"}1`,
		"TrailingBytes":      `{"name":"a"}x`,
		"TrailingComma":      `{"name":"a",}`,
		"Comment":            `{"name":"a"/**/}`,
		"ByteOrderMark":      "\ufeff{\"name\":\"a\"}",
		"DuplicateName":      `{"name":"a","name":"b"}`,
		"EscapedDuplicate":   `{"name":"a","n\u0061me":"b"}`,
		"NestedDuplicate":    `{"name":"a","lines":[{"sku":"a","sku":"b"}]}`,
		"InvalidUTF8":        "{\"name\":\"\xff\"}",
		"LoneSurrogate":      `{"name":"\ud800"}`,
		"RawControl":         "{\"name\":\"\x01\"}",
		"DeepArrays":         strings.Repeat("[", 33) + strings.Repeat("]", 33),
		"DeepObjects":        strings.Repeat(`{"a":`, 100_000),
		"NotANumber":         `{"name":"a","stock":NaN}`,
		"LeadingZero":        `{"name":"a","stock":01}`,
		"UnquotedName":       `{name:"a"}`,
		"SingleQuotes":       `{'name':'a'}`,
		"DuplicateUnknown":   `{"name":"a","x":1,"x":2}`,
		"DuplicateIgnored":   `{"name":"a","id":1,"id":2}`,
		"TwoTopLevelScalars": `1 2`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := post(t, api, body)
			require.Equal(t, 400, got.status, got.body)
			require.Equal(t, "malformed_json", got.problem.Code)
			require.Empty(t, got.problem.Errors)
		})
	}
}

func TestMembersOfABody(t *testing.T) {
	t.Parallel()
	api := echo[thing](t)

	for name, tt := range map[string]struct {
		body string
		want map[string]string
	}{
		"NoObject":          {`[]`, map[string]string{"": "type"}},
		"Null":              {`null`, map[string]string{"": "type"}},
		"Missing":           {`{}`, map[string]string{"/name": "required"}},
		"Unknown":           {`{"name":"a","x":1}`, map[string]string{"/x": "unknown"}},
		"UnknownEscaped":    {`{"name":"a","x/y~":1}`, map[string]string{"/x~1y~0": "unknown"}},
		"OtherCase":         {`{"Name":"a"}`, map[string]string{"/name": "required", "/Name": "unknown"}},
		"FoldedCase":        {`{"name":"a","ſtock":1}`, map[string]string{"/ſtock": "unknown"}},
		"GoName":            {`{"name":"a","Role":"admin"}`, map[string]string{"/Role": "unknown"}},
		"Dash":              {`{"name":"a","-":"admin"}`, map[string]string{"/-": "unknown"}},
		"WrongTypes":        {`{"name":1,"stock":"1","open":"true","lines":{}}`, map[string]string{"/name": "type", "/stock": "type", "/open": "type", "/lines": "type"}},
		"NullMembers":       {`{"name":null,"stock":null,"category":null}`, map[string]string{"/name": "null", "/stock": "null", "/category": "null"}},
		"NUL":               {`{"name":"a\u0000b"}`, map[string]string{"/name": "invalid"}},
		"NULInUnknown":      {`{"name":"a","x":["\u0000"]}`, map[string]string{"/x": "unknown", "/x/0": "invalid"}},
		"NULInPrice":        {`{"name":"a","price":"\u0000"}`, map[string]string{"/price": "invalid"}},
		"TooLong":           {`{"name":"aaaaaaaaaaaaaaaaaaaaa"}`, map[string]string{"/name": "too_long"}},
		"TooSmall":          {`{"name":"a","stock":-1}`, map[string]string{"/stock": "out_of_range"}},
		"TooLarge":          {`{"name":"a","stock":2147483648}`, map[string]string{"/stock": "out_of_range"}},
		"Huge":              {`{"name":"a","stock":1e999999999}`, map[string]string{"/stock": "type"}},
		"HugeFloat":         {`{"name":"a","weight":1e999}`, map[string]string{"/weight": "out_of_range"}},
		"Fraction":          {`{"name":"a","stock":1.5}`, map[string]string{"/stock": "type"}},
		"NotInEnum":         {`{"name":"a","kind":"bin"}`, map[string]string{"/kind": "enum"}},
		"UpperCaseID":       {`{"name":"a","owner":"01890A5D-AC96-774B-BCCE-B302099A8057"}`, map[string]string{"/owner": "invalid"}},
		"Nested":            {`{"name":"a","lines":[{"sku":"s","count":1},{"sku":1,"x":0}]}`, map[string]string{"/lines/1/sku": "type", "/lines/1/x": "unknown", "/lines/1/count": "required"}},
		"NullItem":          {`{"name":"a","lines":[null]}`, map[string]string{"/lines/0": "null"}},
		"TooManyItems":      {`{"name":"a","lines":[{"sku":"s","count":1},{"sku":"s","count":1},{"sku":"s","count":1}]}`, map[string]string{"/lines": "too_long"}},
		"CustomTypeError":   {`{"name":"a","price":true}`, map[string]string{"/price": "type"}},
		"CustomDetail":      {`{"name":"a","price":-1}`, map[string]string{"/price": "invalid"}},
		"CustomSecretError": {`{"name":"a","price":"broken"}`, map[string]string{"/price": "invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := post(t, api, tt.body)
			require.Equal(t, 422, got.status, got.body)
			require.Equal(t, "validation_failed", got.problem.Code)
			require.Equal(t, tt.want, got.codes())
			require.NotContains(t, got.body, "secret")
		})
	}
}

func TestValuesOfABody(t *testing.T) {
	t.Parallel()
	api := echo[thing](t)

	for name, tt := range map[string]struct{ body, want string }{
		"Plain":     {`{"name":"é\n\"<","stock":5,"open":true}`, `{"id":0,"name":"é\n\"<","stock":5,"open":true}`},
		"Escaped":   {`{"n\u0061me":"\u0061\ud83d\ude00"}`, `{"id":0,"name":"a😀"}`},
		"ReadOnly":  {`{"name":"a","id":{"any":["thing"]}}`, `{"id":0,"name":"a"}`},
		"WholeNums": {`{"name":"a","stock":1e2,"weight":5}`, `{"id":0,"name":"a","stock":100,"weight":5}`},
		"Digits":    {`{"name":"a","price":12345678901234567.10}`, `{"id":0,"name":"a","price":"12345678901234567.10"}`},
		"Text":      {`{"name":"a","price":"1.50"}`, `{"id":0,"name":"a","price":"1.50"}`},
		"Deep":      {`{"name":"a","id":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`, `{"id":0,"name":"a"}`},
		"Lines":     {`{"name":"a","lines":[{"sku":"s","count":1}]}`, `{"id":0,"name":"a","lines":[{"sku":"s","count":1}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := post(t, api, tt.body)
			require.Equal(t, 200, got.status, got.body)
			require.Equal(t, tt.want, got.body)
		})
	}
}

func TestOptionalTellsAbsentFromNull(t *testing.T) {
	t.Parallel()

	for body, want := range map[string]string{
		`{}`:                   `{"Value":"","Set":false,"Null":false}`,
		`{"name":null}`:        `{"Value":"","Set":true,"Null":true}`,
		`{"name":""}`:          `{"Value":"","Set":true,"Null":false}`,
		`{"name":"text"}`:      `{"Value":"text","Set":true,"Null":false}`,
		`{"name":"\u0074ext"}`: `{"Value":"text","Set":true,"Null":false}`,
	} {
		got := post(t, echo[struct {
			Name web.Optional[string] `json:"name" nullable:"true"`
		}](t), body)
		require.Equal(t, `{"name":`+want+`}`, got.body, body)
	}
}

func TestOptionalBodyMayBeLeftOut(t *testing.T) {
	t.Parallel()
	api, _ := newAPI(t)
	web.Handle(api, web.Operation{ID: "role", Method: http.MethodPut, Path: "/role", Access: web.Anyone},
		func(_ *fiber.Ctx, in struct {
			Body *struct {
				Role string `json:"role"`
			}
		},
		) (bool, error) {
			return in.Body != nil, nil
		})

	require.Equal(t, "false", call(t, api, http.MethodPut, "/role", "").body)
	require.Equal(t, "false", call(t, api, http.MethodPut, "/role", "", "Content-Type", "application/json").body)
	require.Equal(t, "true", call(t, api, http.MethodPut, "/role", `{"role":"a"}`, "Content-Type", "application/json").body)
	require.Equal(t, 422, call(t, api, http.MethodPut, "/role", `{}`, "Content-Type", "application/json").status)
	require.Equal(t, 415, call(t, api, http.MethodPut, "/role", `{}`).status)
}

func TestAnswerOfFaultsIsBounded(t *testing.T) {
	t.Parallel()
	api := echo[thing](t)

	var body strings.Builder
	body.WriteString(`{"name":"a"`)
	for i := range 50_000 {
		fmt.Fprintf(&body, `,"x%d":1`, i)
	}
	got := post(t, api, body.String()+"}")
	require.Equal(t, 422, got.status)
	require.Len(t, got.problem.Errors, 100)

	got = post(t, api, `{"name":"a","`+strings.Repeat("x", 100_000)+`":1}`)
	require.Equal(t, 422, got.status)
	require.Less(t, len(got.body), 1000, "a long name is not repeated")
}

type account struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

func (a account) Validate() error {
	return errs.Validation(
		errs.Field{Pointer: "/username", Code: "taken"},
		errs.Field{Pointer: "/password", Code: "no_digit"},
		errs.Field{Pointer: "/password", Code: "no_upper"},
	)
}

func TestRulesOfTheBodyJoinTheAnswer(t *testing.T) {
	t.Parallel()
	api := echo[account](t)

	got := post(t, api, `{"username":1,"password":"x","z":1}`)
	require.Equal(t, 422, got.status)
	require.Equal(t, []web.ProblemField{
		{Pointer: "/username", Code: "type", Detail: "Must be a string."}, // not also taken
		{Pointer: "/z", Code: "unknown", Detail: "Is not known."},
		{Pointer: "/password", Code: "no_digit"},
		{Pointer: "/password", Code: "no_upper"},
	}, got.problem.Errors)
}
