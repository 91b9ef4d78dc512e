using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Where generated proxies make themselves known: a module initializer beside the interface, or for closed generics beside
/// the registration, calls <see cref="Register"/>. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ExposureProxyRegistry
{
    /// <summary>Makes a proxy known; the first one counts.</summary>
    /// <typeparam name="TService">The tagged interface.</typeparam>
    /// <param name="contract">What was compiled in.</param>
    /// <param name="create">Makes a proxy.</param>
    public static void Register<TService>(ExposureContract contract, Func<ExposureLoggingDecorator<TService>, TService> create)
        where TService : class =>
        Interlocked.CompareExchange(ref Entry<TService>.Value, new ExposureProxy<TService>(contract, create), null);

    /// <summary>The proxy of an interface; null when no generator wrote one.</summary>
    internal static ExposureProxy<TService>? Find<TService>()
        where TService : class
    {
        if (Entry<TService>.Value is null)
        {
            // The initializer runs at the first use of code in the interface's assembly, which may not have come yet.
            RuntimeHelpers.RunModuleConstructor(typeof(TService).Module.ModuleHandle);
        }

        return Entry<TService>.Value;
    }

    private static class Entry<TService>
        where TService : class
    {
        internal static ExposureProxy<TService>? Value;
    }
}
