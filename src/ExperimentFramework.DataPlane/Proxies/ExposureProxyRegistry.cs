using System.Collections.Immutable;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace ExperimentFramework.DataPlane.CompilerServices;

/// <summary>
/// The registry of generated proxies. A module initializer calls <see cref="Register"/>: in the interface's assembly or, for closed generic
/// interfaces, in the assembly that registers the experiment. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class ExposureProxyRegistry
{
    private static ImmutableArray<Type> _services = [];

    /// <summary>The interfaces whose proxies have been registered so far.</summary>
    internal static ImmutableArray<Type> Services => _services;

    /// <summary>Registers a proxy. If an interface has several, the first one registered is used.</summary>
    /// <typeparam name="TService">The tagged interface.</typeparam>
    /// <param name="contract">The settings that were compiled into the proxy.</param>
    /// <param name="create">Creates a proxy.</param>
    public static void Register<TService>(ExposureContract contract, Func<ExposureLoggingDecorator<TService>, TService> create)
        where TService : class
    {
        if (Interlocked.CompareExchange(ref Entry<TService>.Value, new ExposureProxy<TService>(contract, create), null) is null)
        {
            ImmutableInterlocked.Update(ref _services, static (known, added) => known.Add(added), typeof(TService));
        }
    }

    /// <summary>Returns the proxy of an interface; null if none was generated.</summary>
    internal static ExposureProxy<TService>? Find<TService>()
        where TService : class
    {
        if (Entry<TService>.Value is null)
        {
            // The initializer runs when code of the interface's assembly is first used, which may not have happened yet.
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
