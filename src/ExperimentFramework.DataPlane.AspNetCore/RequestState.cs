using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace ExperimentFramework.DataPlane.AspNetCore;

/// <summary>The parts of a request, for concurrent calls within it.</summary>
/// <remarks>
/// A context is not made for several threads: two calls that ask for its items at the same time can each get a dictionary of their own, and would belong to two visitors. So the context is locked while a part is
/// looked up or created, and while items are read or written. Other code that uses the context is not kept out. What a part does is outside the lock, because it can be foreign code, such as a cookie policy, which can
/// wait for other locks.
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

    /// <summary>Returns a part of a request, which its context looks up or creates.</summary>
    /// <param name="context">The request.</param>
    /// <param name="part">Gets the part or a property of it, and does nothing else.</param>
    public static T Get<T>(HttpContext context, Func<HttpContext, T> part)
    {
        lock (context)
        {
            return part(context);
        }
    }
}
