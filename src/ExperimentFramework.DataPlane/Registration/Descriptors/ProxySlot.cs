using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>The place of a service in a collection, which an experiment's proxy takes.</summary>
/// <param name="service">The service's type.</param>
/// <param name="serviceKey">The key it is registered under; null for none.</param>
/// <param name="decorated">The one registration that the proxy replaces; null where it replaces all of them.</param>
/// <param name="isNamed">Whether the registration gave the experiment a name of its own: it does not replace another experiment's proxy then.</param>
internal sealed partial class ProxySlot(Type service, object? serviceKey = null, ServiceDescriptor? decorated = null, bool isNamed = false)
{
    /// <summary>The key it is registered under; null for none.</summary>
    public object? ServiceKey => serviceKey;

    /// <summary>Removes all registrations of a service.</summary>
    public static void RemoveAll(IServiceCollection services, Type service, object? serviceKey)
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i].ServiceType == service && Equals(services[i].ServiceKey, serviceKey))
            {
                services.RemoveAt(i);
            }
        }
    }

    /// <summary>Whether a registration is a proxy's.</summary>
    public static bool IsProxy(IServiceCollection services, ServiceDescriptor registered) =>
        services.Any(descriptor => !descriptor.IsKeyedService
            && descriptor.ImplementationInstance is ReplacedService replaced
            && replaced.Proxy == registered);

    /// <summary>The registrations of the service, in their order.</summary>
    public IEnumerable<ServiceDescriptor> Registrations(IServiceCollection services) =>
        services.Where(descriptor => descriptor.ServiceType == service && Equals(descriptor.ServiceKey, serviceKey));

    /// <summary>A plain experiment goes before a named one, and of two named ones the first keeps the service itself.</summary>
    public bool IsTaken(IServiceCollection services) =>
        isNamed && Registrations(services).LastOrDefault() is { } last && IsProxy(services, last);

    /// <summary>Puts the proxy there. Other registrations stay where a single one is decorated, and keep their order.</summary>
    public void Take(IServiceCollection services, ServiceDescriptor proxy)
    {
        var index = decorated is null ? -1 : services.IndexOf(decorated);
        if (decorated is null)
        {
            RemoveAll(services, service, serviceKey);
        }

        // An open generic, or a registration for any key, serves others too and stays.
        if (index >= 0 && decorated!.ServiceType == service && Equals(decorated.ServiceKey, serviceKey))
        {
            services[index] = proxy;
        }
        else
        {
            services.Add(proxy);
        }

        services.AddSingleton(new ReplacedService(proxy));
    }

    /// <summary>
    /// Checks that the proxy is what the container gives out. A registration after the proxy's would be served in its place without a word; where
    /// the proxy's own was removed first, that is meant.
    /// </summary>
    /// <exception cref="InvalidOperationException">The service is registered again after the proxy.</exception>
    public void Verify(IServiceCollection services, string experimentName, ILogger logger)
    {
        var registrations = Registrations(services).ToArray();
        if (experimentName.Equals(serviceKey) || (registrations is [.., var last] && IsProxy(services, last)))
        {
            return;
        }

        if (registrations.Any(registered => IsProxy(services, registered)))
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: {service} is registered again after it ({Description(registrations[^1])}), so its proxy would never be served. Register the experiment last. To replace the proxy on purpose, for example by a stub in a test host, remove it first: services.{(serviceKey is null ? "RemoveAll" : "RemoveAllKeyed")}<{service.Name}>({(serviceKey is null ? "" : $"\"{serviceKey}\"")}).");
        }

        var answers = registrations is [.., var standIn] ? Description(standIn) : "nothing";
        if (IsProxyKept(services, experimentName))
        {
            LogDecorated(logger, experimentName, service, answers);
        }
        else
        {
            LogReplaced(logger, experimentName, service, answers);
        }
    }

    /// <summary>What answers, for messages.</summary>
    public static string Description(ServiceDescriptor registered)
    {
        var (type, instance) = registered.IsKeyedService
            ? (registered.KeyedImplementationType, registered.KeyedImplementationInstance)
            : (registered.ImplementationType, registered.ImplementationInstance);
        return type is not null ? $"{type}" : instance is not null ? $"an instance of {instance.GetType()}" : "a factory";
    }

    /// <summary>Libraries that decorate move what they decorate under a key of their own, behind everything else.</summary>
    private bool IsProxyKept(IServiceCollection services, string experimentName) => services
        .SkipWhile(descriptor => descriptor.ServiceType != typeof(ReplacedService))
        .Any(descriptor => descriptor.IsKeyedService
            && descriptor.ServiceType == service
            && descriptor.KeyedImplementationFactory is not null
            && !experimentName.Equals(descriptor.ServiceKey)
            && !Equals(descriptor.ServiceKey, serviceKey)
            && !services.Any(other => other.IsKeyedService && other.ServiceType == typeof(Experiment) && Equals(other.ServiceKey, descriptor.ServiceKey)));

    [LoggerMessage(68, LogLevel.Information,
        "Experiment {Experiment}: its proxy of {Service} is decorated by a later registration ({Answers}). Calls that reach the proxy are recorded.", EventName = "ProxyDecorated")]
    private static partial void LogDecorated(ILogger logger, string experiment, Type service, string answers);

    [LoggerMessage(47, LogLevel.Warning,
        "Experiment {Experiment}: its proxy of {Service} was removed after it was registered, and {Answers} is served in its place. Calls are recorded only where the proxy is resolved under the experiment's name, as a keyed service.", EventName = "ProxyReplaced")]
    private static partial void LogReplaced(ILogger logger, string experiment, Type service, string answers);
}
