package errs_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/pkg/errs"
)

var errGone = errs.New(errs.NotFound, "gone", "It is gone")

func TestKindOf(t *testing.T) {
	t.Parallel()

	for name, tt := range map[string]struct {
		err  error
		want errs.Kind
	}{
		"Plain":      {errors.New("disk"), errs.Internal},
		"Declared":   {errGone, errs.NotFound},
		"Occurrence": {errGone.Because("number %d", 7), errs.NotFound},
		"Wrapped":    {fmt.Errorf("get product 7: %w", errGone), errs.NotFound},
		"Joined":     {errors.Join(errors.New("a"), errGone), errs.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			require.Equal(t, tt.want, errs.KindOf(tt.err))
		})
	}
}

func TestOccurrenceIsItsDeclaration(t *testing.T) {
	t.Parallel()

	o := errGone.Because("number %d", 7).At(errs.Field{Pointer: "/id"}).After(time.Second)

	require.ErrorIs(t, o, errGone)
	require.Equal(t, "It is gone: number 7", o.Error())
	require.Equal(t, []errs.Field{{Pointer: "/id"}}, o.Fields)
	require.Equal(t, time.Second, o.RetryIn)
	require.Empty(t, errGone.Fields, "the declaration stays as it was")
}

func TestValidationOfNothingIsNil(t *testing.T) {
	t.Parallel()

	require.NoError(t, errs.Validation())
	require.ErrorIs(t, errs.Validation(errs.Field{Pointer: "/name"}), errs.ErrValidation)
}
