package gatewayd_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stockroom/gateway/gatewayd"
	"stockroom/pkg/telemetry"
	"stockroom/pkg/token/tokentest"
	"stockroom/pkg/web"
)

// issue writes a new certificate for 127.0.0.1 and its key to dir.
func issue(t *testing.T, dir string, serial int64) *x509.Certificate {
	t.Helper()

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "gateway"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	for name, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: der}, "tls.key": {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600))
	}
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return cert
}

// over returns a client that trusts these certificates only.
func over(certs ...*x509.Certificate) *http.Client {
	pool := x509.NewCertPool()
	for _, c := range certs {
		pool.AddCert(c)
	}
	return &http.Client{Timeout: soon, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}}
}

func TestTLS(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	first := issue(t, dir, 1)
	s := &system{issuer: tokentest.New(t), configure: func(c *gatewayd.Config) {
		c.TLSCertificate, c.TLSKey = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	}}
	s.start(t)
	get := func(client *http.Client) (*http.Response, error) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+s.addr+"/", http.NoBody)
		require.NoError(t, err)
		res, err := client.Do(req)
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			require.NoError(t, err)
			require.NoError(t, res.Body.Close())
		}
		return res, err
	}
	kept := over(first)
	res, err := get(kept)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "HTTP/1.1", res.Proto)
	require.Equal(t, "max-age=63072000", res.Header.Get("Strict-Transport-Security"))
	require.Equal(t, int64(1), res.TLS.PeerCertificates[0].SerialNumber.Int64())

	old := over(first)
	old.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS11
	old.Transport.(*http.Transport).TLSClientConfig.MinVersion = tls.VersionTLS10 //nolint:gosec // that is the point
	_, err = get(old)
	require.Error(t, err, "what is broken is not spoken")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "tls.crt"), []byte("half a"), 0o600))
	second := issue(t, dir, 2)
	require.Eventually(t, func() bool {
		res, err := get(over(first, second))
		return err == nil && res.TLS.PeerCertificates[0].SerialNumber.Int64() == 2
	}, 2*soon, 50*time.Millisecond, "the new certificate is not taken up")
	res, err = get(kept)
	require.NoError(t, err, "connections go on")
	require.Equal(t, int64(1), res.TLS.PeerCertificates[0].SerialNumber.Int64())
}

func TestCertificatesThatAreRefused(t *testing.T) {
	t.Parallel()

	dir, other := t.TempDir(), t.TempDir()
	issue(t, dir, 1)
	issue(t, other, 2)
	chain := filepath.Join(dir, "tls.crt")
	for name, key := range map[string]string{"None": "", "Missing": filepath.Join(dir, "none"), "Another": filepath.Join(other, "tls.key")} {
		_, err := gatewayd.New(t.Context(), gatewayd.Config{
			Env: "production", InternalToken: internalToken, TLSCertificate: chain, TLSKey: key,
		}, web.Doors{}, telemetry.Discard())
		require.ErrorContains(t, err, "STOCKROOM_TLS_CERTIFICATE", name)
	}
}
