using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Knows which visitor a user was until signing in. The cookie notes the first request after it, so that the visitor is named for a while and
/// not at every request of a user whose browser still has the cookie.
/// </summary>
internal sealed class SignIns(VisitorCookie cookie, TimeProvider time)
{
    /// <summary>As long as a visit: an experiment that is first called later in it still finds out.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    /// <summary>The id of the visitor that has just become the user; null for nobody.</summary>
    public string? VisitorBefore(HttpContext context, string userId)
    {
        if (cookie.Find(context) is not { } ticket)
        {
            return null;
        }

        var digest = VisitorTicket.DigestOf(userId);
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (ticket.SignedInAs != digest)
        {
            cookie.Replace(context, ticket with { SignedInAs = digest, SignedInAt = now });
            return ticket.Id;
        }

        return now - ticket.SignedInAt < Window.TotalSeconds ? ticket.Id : null;
    }
}
