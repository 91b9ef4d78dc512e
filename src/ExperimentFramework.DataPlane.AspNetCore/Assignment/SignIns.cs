using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>
/// Finds the visitor that a user was before signing in. The cookie records the first request after the sign-in, so that the visitor is reported
/// for a limited time and not at every request of a user whose browser still has the cookie.
/// </summary>
internal sealed class SignIns(VisitorCookie cookie, TimeProvider time)
{
    /// <summary>About the length of a visit, so that an experiment first called later in the visit still gets the previous visitor.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    /// <summary>Returns the id of the visitor that has recently become the user; null if there is none.</summary>
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
