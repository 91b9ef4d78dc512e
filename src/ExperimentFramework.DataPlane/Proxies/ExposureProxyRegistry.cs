using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// Where generated proxies make themselves known: a module initializer beside the interface, or for closed generics beside
/// the registration, calls <see cref="Register"/>. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ExposureProxyRegistry
{
    private static ImmutableArray<Type> _services = [];

    /// <summary>The interfaces whose proxies have made themselves known so far.</summary>
    internal static ImmutableArray<Type> Services => _services;

    /// <summary>Makes a proxy known; the first one counts.</summary>
    /// <typeparam name="TService">The tagged interface.</typeparam>
    /// <param name="contract">What was compiled in.</param>
    /// <param name="create">Makes a proxy.</param>
    public static void Register<TService>(ExposureContract contract, Func<ExposureLoggingDecorator<TService>, TService> create)
        where TService : class
    {
        if (Interlocked.CompareExchange(ref Entry<TService>.Value, new ExposureProxy<TService>(contract, create), null) is null)
        {
            ImmutableInterlocked.Update(ref _services, static (known, added) => known.Add(added), typeof(TService));
        }
    }

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
