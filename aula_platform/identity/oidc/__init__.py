"""OpenID Connect: authorization code with PKCE, as a relying party."""
