package e2e_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const productsPath = "/api/v1/products"

var productChecks = map[string]check{
	"CreateAnswersTheProduct":     createAnswersTheProduct,
	"CreateRefusesAllAtOnce":      createRefusesAllAtOnce,
	"CreateKnowsTheLimits":        createKnowsTheLimits,
	"TextIsTrimmedAndOtherwiseSo": textIsKept,
	"UpdateChangesOnlyWhatIsSent": updateChangesOnlyWhatIsSent,
	"UpdateWithNull":              updateWithNull,
	"WhatWasReadCanBeSentBack":    productCanBeSentBack,
	"TakenSKUIsRefused":           takenSKUIsRefused,
	"DeletedProductIsGone":        deletedProductIsGone,
	"OnlyAdminsWrite":             onlyAdminsWrite,
	"IDsAreUUIDs":                 idsAreUUIDs,
}

func createAnswersTheProduct(t *testing.T, w *world) {
	sku := unique("A-")
	res := w.admin(t).post(t, productsPath, fields{
		"name": "Desk lamp", "sku": sku, "price": 19.99, "stock": 7, "category": "Lighting", "description": "Bright.",
	}).want(http.StatusCreated)
	p := res.product()
	require.Equal(t, p.path(), res.Header.Get("Location"))
	require.Equal(t, fmt.Sprintf(`"%d"`, p.Version), res.Header.Get("ETag"))
	require.Regexp(t, `^\d+\.\d+$`, res.Header.Get("Catalog-Seq"))
	require.Positive(t, p.Version)
	require.Equal(t, "Desk lamp", p.Name)
	require.Equal(t, sku, p.SKU)
	require.Equal(t, amount("19.99"), p.Price)
	require.Equal(t, 7, p.Stock)
	require.Equal(t, "Lighting", *p.Category)
	require.Equal(t, "Bright.", *p.Description)
	requireRecent(t, p.CreatedAt)
	require.Equal(t, p.CreatedAt, p.UpdatedAt)

	got := w.anyone().get(t, p.path()).want(http.StatusOK)
	require.Equal(t, res.body, got.body, "read as written, to the byte")
	require.Equal(t, res.Header.Get("ETag"), got.Header.Get("ETag"))

	least := w.product(t, nil)
	require.Nil(t, least.Category)
	require.Nil(t, least.Description)
	require.Zero(t, least.Stock)
}

func createRefusesAllAtOnce(t *testing.T, w *world) {
	admin := w.admin(t)
	admin.post(t, productsPath, fields{}).invalid("/name", "/price", "/sku")
	admin.post(t, productsPath, fields{"name": "", "sku": " ", "price": -1, "stock": 1.5, "category": 7, "colour": "red"}).
		invalid("/category", "/colour", "/name", "/price", "/sku", "/stock")
	admin.post(t, productsPath, fields{"name": nil, "sku": nil, "price": nil, "stock": nil}).
		invalid("/name", "/price", "/sku", "/stock")
	admin.post(t, productsPath, `[]`).want(http.StatusUnprocessableEntity)
	admin.post(t, productsPath, `"text"`).want(http.StatusUnprocessableEntity)
}

func createKnowsTheLimits(t *testing.T, w *world) {
	for place, values := range map[string]struct{ good, bad []any }{
		"name":        {[]any{"x", strings.Repeat("é", 255)}, []any{strings.Repeat("x", 256), "nul\x00nul"}},
		"sku":         {[]any{unique(""), unique(strings.Repeat("é", 30))}, []any{strings.Repeat("x", 51)}},
		"category":    {[]any{strings.Repeat("é", 100), nil}, []any{strings.Repeat("x", 101)}},
		"description": {[]any{strings.Repeat("x", 64<<10), nil}, []any{strings.Repeat("é", 32<<10) + "x"}},
		"stock":       {[]any{0, 1<<31 - 1}, []any{-1, 1 << 31, "7", 1e30}},
	} {
		for _, value := range values.good {
			w.admin(t).post(t, productsPath, draft(fields{place: value})).want(http.StatusCreated)
		}
		for _, value := range values.bad {
			w.admin(t).post(t, productsPath, draft(fields{place: value})).invalid("/" + place)
		}
	}
}

func textIsKept(t *testing.T, w *world) {
	const odd = "<b>\"Ünïcode\" \\ 100%_\u2028\U0001F4A1</b>\n\ttwo  blanks"
	sku := unique(" s")
	p := w.product(t, fields{"name": " \t" + odd + " ", "category": " Öl & Gas ", "sku": " " + sku + " ", "description": "\n" + odd})
	require.Equal(t, odd, p.Name)
	require.Equal(t, "Öl & Gas", *p.Category)
	require.Equal(t, strings.TrimSpace(sku), p.SKU)
	require.Equal(t, odd, *p.Description)
	require.Equal(t, p, w.anyone().get(t, p.path()).want(http.StatusOK).product())
}

func updateChangesOnlyWhatIsSent(t *testing.T, w *world) {
	p := w.product(t, fields{"stock": 3, "category": "Lighting", "description": "Bright."})
	admin := w.admin(t)
	for name, value := range map[string]any{
		"name": "Floor lamp", "price": "24.50", "stock": 0, "category": "Light", "description": "Very bright.", "sku": unique("B"),
	} {
		before := w.anyone().get(t, p.path()).want(http.StatusOK)
		res := admin.put(t, p.path(), fields{name: value}).want(http.StatusOK)
		changed := res.product()
		require.Greater(t, changed.Version, before.product().Version)
		require.False(t, changed.UpdatedAt.Before(before.product().UpdatedAt))
		require.Equal(t, fmt.Sprintf(`"%d"`, changed.Version), res.Header.Get("ETag"))

		var was, is map[string]any
		before.into(&was)
		res.into(&is)
		for _, moving := range []string{name, "version", "updated_at"} {
			require.NotEqual(t, was[moving], is[moving], moving)
			delete(was, moving)
			delete(is, moving)
		}
		require.Equal(t, was, is, "nothing else changes with %s", name)
	}
	admin.put(t, productsPath+"/"+nowhere, fields{"stock": 1}).refused(http.StatusNotFound, "not_found")
}

func updateWithNull(t *testing.T, w *world) {
	p := w.product(t, fields{"category": "Lighting", "description": "Bright."})
	admin := w.admin(t)
	admin.put(t, p.path(), `{"name":null,"sku":null,"price":null,"stock":null}`).invalid("/name", "/price", "/sku", "/stock")
	cleared := admin.put(t, p.path(), `{"category":null,"description":null}`).want(http.StatusOK).product()
	require.Nil(t, cleared.Category)
	require.Nil(t, cleared.Description)
	require.Equal(t, p.Name, cleared.Name)
}

func productCanBeSentBack(t *testing.T, w *world) {
	p := w.product(t, fields{"category": "Lighting"})
	read := w.anyone().get(t, p.path()).want(http.StatusOK)
	res := w.admin(t).put(t, p.path(), string(read.body)).want(http.StatusOK)
	require.Equal(t, read.body, res.body, "and changes nothing, not even its version")
	require.Equal(t, read.Header.Get("ETag"), res.Header.Get("ETag"))
	require.Equal(t, p, w.admin(t).put(t, p.path(), fields{}).want(http.StatusOK).product())
	forged := w.admin(t).put(t, p.path(), fields{"id": nowhere, "version": 999, "created_at": "2001-01-01T00:00:00Z"})
	require.Equal(t, p, forged.want(http.StatusOK).product())
}

func takenSKUIsRefused(t *testing.T, w *world) {
	p, other := w.product(t, nil), w.product(t, nil)
	admin := w.admin(t)
	admin.post(t, productsPath, draft(fields{"sku": p.SKU})).refused(http.StatusConflict, "sku_taken", "/sku")
	admin.put(t, other.path(), fields{"sku": p.SKU}).refused(http.StatusConflict, "sku_taken", "/sku")
	require.Equal(t, other, w.anyone().get(t, other.path()).want(http.StatusOK).product())
	lower := w.product(t, fields{"sku": strings.ToLower(p.SKU)})
	require.NotEqual(t, p.SKU, lower.SKU, "SKUs are exact")
}

func deletedProductIsGone(t *testing.T, w *world) {
	category := unique("c")
	p := w.product(t, fields{"category": category})
	list := productsPath + "?category=" + category
	require.Len(t, w.anyone().get(t, list).page().Items, 1)
	require.Equal(t, p, w.anyone().get(t, p.path()).product(), "cached before it goes")

	admin := w.admin(t)
	res := admin.delete(t, p.path()).want(http.StatusNoContent)
	require.Empty(t, res.body)
	seq := res.Header.Get("Catalog-Seq")
	require.NotEmpty(t, seq)
	w.reading(t, p.path(), seq).refused(http.StatusNotFound, "not_found")
	require.Empty(t, w.reading(t, list, seq).page().Items)
	admin.delete(t, p.path()).refused(http.StatusNotFound, "not_found")
	admin.put(t, p.path(), fields{"stock": 1}).refused(http.StatusNotFound, "not_found")

	again := w.product(t, fields{"sku": p.SKU})
	require.NotEqual(t, p.ID, again.ID, "its SKU is free again")
}

// reading reads what is not older than a write.
func (w *world) reading(t *testing.T, path, seq string) answer {
	t.Helper()
	req := w.anyone().request(t, http.MethodGet, path, nil)
	req.Header.Set("Catalog-Min-Seq", seq)
	return w.anyone().do(t, req)
}

func onlyAdminsWrite(t *testing.T, w *world) {
	p := w.product(t, nil)
	_, user := w.user(t)
	for who, want := range map[client]string{user: "permission_denied", w.anyone(): "unauthenticated"} {
		status := map[string]int{"permission_denied": http.StatusForbidden, "unauthenticated": http.StatusUnauthorized}[want]
		who.post(t, productsPath, draft(nil)).refused(status, want)
		who.put(t, p.path(), fields{"stock": 1}).refused(status, want)
		who.delete(t, p.path()).refused(status, want)
	}
	require.Equal(t, p, w.anyone().get(t, p.path()).want(http.StatusOK).product())
	w.as("garbage").get(t, p.path()).want(http.StatusOK) // what anyone may read needs no token, so none is looked at
}

func idsAreUUIDs(t *testing.T, w *world) {
	p := w.product(t, nil)
	for _, id := range []string{"1", strings.ToUpper(p.ID), strings.ReplaceAll(p.ID, "-", ""), "{" + p.ID + "}", p.ID + "0"} {
		w.anyone().get(t, productsPath+"/"+id).invalid("id")
		w.admin(t).put(t, productsPath+"/"+id, fields{"stock": 1}).invalid("id")
		w.admin(t).delete(t, productsPath+"/"+id).invalid("id")
	}
	w.anyone().get(t, productsPath+"/"+nowhere).refused(http.StatusNotFound, "not_found")
}
