using Azure.Core;

namespace ExperimentFramework.DataPlane.EventHubs.Tests;

/// <summary>A credential that has a token, or fails as the test says.</summary>
internal sealed class FakeCredential(Exception? failure = null) : TokenCredential
{
    public const string Token = "token-of-the-identity";

    /// <summary>The scopes that were asked for.</summary>
    public HashSet<string> Scopes { get; } = [];

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        Scopes.UnionWith(requestContext.Scopes);
        return failure is null ? new AccessToken(Token, DateTimeOffset.MaxValue.AddDays(-1)) : throw failure;
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
