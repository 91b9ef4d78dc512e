using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>Access to the parts of a request that its context creates when they are first asked for, safe for concurrent calls of one request.</summary>
/// <remarks>
/// A context is not made for several threads: two calls that ask for its items at the same time can each get a dictionary of their own, and would belong to two visitors. So the context is locked while a part is
/// created, and while items are read or written. What reads or changes a part otherwise is outside the lock, because it can run foreign code, such as a cookie policy or data protection, which can wait for other locks.
/// </remarks>
internal static class RequestState
{
    /// <summary>Finds the value that a service has stored in a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="owner">The service.</param>
    /// <param name="value">The value; null if there is none.</param>
    public static bool TryGet<T>(HttpContext context, object owner, [NotNullWhen(true)] out T? value)
        where T : class
    {
        lock (context)
        {
            value = context.Items.TryGetValue(owner, out var stored) ? (T)stored! : null;
        }

        return value is not null;
    }

    /// <summary>Stores a value of a service in a request, unless another call has done so.</summary>
    /// <param name="context">The request.</param>
    /// <param name="owner">The service.</param>
    /// <param name="value">The value.</param>
    /// <returns>The value that was stored first, and that all calls are to use.</returns>
    public static T GetOrAdd<T>(HttpContext context, object owner, T value)
        where T : class
    {
        lock (context)
        {
            if (context.Items.TryGetValue(owner, out var stored))
            {
                return (T)stored!;
            }

            context.Items[owner] = value;
            return value;
        }
    }

    /// <summary>Returns who signed in.</summary>
    public static ClaimsPrincipal User(HttpContext context)
    {
        lock (context)
        {
            return context.User;
        }
    }

    /// <summary>Returns the parameters of the address.</summary>
    public static IQueryCollection Query(HttpContext context)
    {
        lock (context)
        {
            return context.Request.Query;
        }
    }

    /// <summary>Returns the cookies that the browser sent.</summary>
    public static IRequestCookieCollection RequestCookies(HttpContext context)
    {
        lock (context)
        {
            return context.Request.Cookies;
        }
    }

    /// <summary>Returns the cookies to send to the browser.</summary>
    public static IResponseCookies ResponseCookies(HttpContext context)
    {
        lock (context)
        {
            return context.Response.Cookies;
        }
    }
}
