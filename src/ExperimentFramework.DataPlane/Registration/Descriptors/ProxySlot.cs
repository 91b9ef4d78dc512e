using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>The position of a service in the service collection that an experiment's proxy takes.</summary>
/// <param name="service">The service type.</param>
/// <param name="serviceKey">The service key; null for none.</param>
/// <param name="decorated">The one registration that the proxy replaces; null if it replaces all of them.</param>
/// <param name="isNamed">Whether the experiment was given an explicit name, in which case it does not replace another experiment's proxy.</param>
internal sealed partial class ProxySlot(Type service, object? serviceKey = null, ServiceDescriptor? decorated = null, bool isNamed = false)
{
    /// <summary>The service key; null for none.</summary>
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

    /// <summary>Returns whether a registration is a proxy.</summary>
    public static bool IsProxy(IServiceCollection services, ServiceDescriptor registered) =>
        services.Any(descriptor => !descriptor.IsKeyedService
            && descriptor.ImplementationInstance is ReplacedService replaced
            && replaced.Proxy == registered);

    /// <summary>Returns the registrations of the service, in order.</summary>
    public IEnumerable<ServiceDescriptor> Registrations(IServiceCollection services) =>
        services.Where(descriptor => descriptor.ServiceType == service && Equals(descriptor.ServiceKey, serviceKey));

    /// <summary>
    /// Returns whether another proxy keeps the slot: an unnamed experiment takes precedence over a named one, and the first of two named ones over
    /// the second.
    /// </summary>
    public bool IsTaken(IServiceCollection services) =>
        isNamed && Registrations(services).LastOrDefault() is { } last && IsProxy(services, last);

    /// <summary>Registers the proxy in the slot. If a single registration is decorated, the others and their order are kept.</summary>
    public void Take(IServiceCollection services, ServiceDescriptor proxy)
    {
        var index = decorated is null ? -1 : services.IndexOf(decorated);
        if (decorated is null)
        {
            RemoveAll(services, service, serviceKey);
        }

        // An open generic or any-key registration also serves other types or keys, so it stays.
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
    /// Validates that the container resolves the proxy. A registration after the proxy would silently replace it; if the proxy's own
    /// registration was removed first, that is deliberate.
    /// </summary>
    /// <exception cref="InvalidOperationException">The service is registered again after the proxy.</exception>
    public void Validate(IServiceCollection services, string experimentName, ILogger logger)
    {
        var registrations = Registrations(services).ToArray();
        if (registrations is [.., var last] && IsProxy(services, last))
        {
            return;
        }

        if (registrations.Any(registered => IsProxy(services, registered)))
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: {service} is registered again after the experiment ({Description(registrations[^1])}), so its proxy would never be resolved. Register the experiment last. To replace the proxy on purpose, for example with a stub in a test host, remove it first: services.{(serviceKey is null ? "RemoveAll" : "RemoveAllKeyed")}<{CSharpTypeName.Of(service)}>({(serviceKey is null ? "" : $"\"{serviceKey}\"")}).");
        }

        var implementation = registrations is [.., var replacement] ? Description(replacement) : "nothing";
        if (IsProxyKept(services, experimentName))
        {
            LogDecorated(logger, experimentName, service, implementation);
        }
        else
        {
            LogReplaced(logger, experimentName, service, implementation);
        }
    }

    /// <summary>
    /// Validates that the proxy is the only service under the experiment's name: the container resolves the last of several, so the proxy would hide a
    /// registration of the application, or be hidden by it. If the proxy's registration was removed, that is deliberate.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="proxy">The proxy under the experiment's name.</param>
    /// <param name="experimentName">The experiment's name.</param>
    /// <exception cref="InvalidOperationException">The service is also registered with the experiment's name as its key.</exception>
    public static void ValidateName(IServiceCollection services, ServiceDescriptor proxy, string experimentName)
    {
        var other = services.FirstOrDefault(descriptor =>
            descriptor != proxy && descriptor.ServiceType == proxy.ServiceType && experimentName.Equals(descriptor.ServiceKey));
        if (other is not null && services.Contains(proxy))
        {
            throw new InvalidOperationException(
                $"Experiment '{experimentName}' cannot start: {proxy.ServiceType} is also registered with the key '{experimentName}' ({Description(other)}), which is the experiment's name. The proxy is a keyed service under that name, so one of the two would hide the other. Register {Description(other)} with another key, or give the experiment another name with Trial<T>(name, ...) or Named(name).");
        }
    }

    /// <summary>Describes the implementation of a registration, for messages.</summary>
    public static string Description(ServiceDescriptor registered)
    {
        var (type, instance) = registered.IsKeyedService
            ? (registered.KeyedImplementationType, registered.KeyedImplementationInstance)
            : (registered.ImplementationType, registered.ImplementationInstance);
        return type is not null ? $"{type}" : instance is not null ? $"an instance of {instance.GetType()}" : "a factory";
    }

    /// <summary>
    /// Returns whether the proxy is still registered under a private key: decoration libraries re-register what they decorate at the end of the
    /// collection.
    /// </summary>
    private bool IsProxyKept(IServiceCollection services, string experimentName) => services
        .SkipWhile(descriptor => descriptor.ServiceType != typeof(ReplacedService))
        .Any(descriptor => descriptor.IsKeyedService
            && descriptor.ServiceType == service
            && descriptor.KeyedImplementationFactory is not null
            && !experimentName.Equals(descriptor.ServiceKey)
            && !Equals(descriptor.ServiceKey, serviceKey)
            && !services.Any(other => other.IsKeyedService && other.ServiceType == typeof(Experiment) && Equals(other.ServiceKey, descriptor.ServiceKey)));

    [LoggerMessage(68, LogLevel.Information,
        "Experiment {Experiment}: its proxy of {Service} is decorated by a later registration ({Implementation}). Calls that reach the proxy are recorded.", EventName = "ProxyDecorated")]
    private static partial void LogDecorated(ILogger logger, string experiment, Type service, string implementation);

    [LoggerMessage(47, LogLevel.Warning,
        "Experiment {Experiment}: its proxy of {Service} was removed after it was registered, and {Implementation} is resolved instead. Calls are recorded only if the proxy is resolved as a keyed service with the experiment's name.", EventName = "ProxyReplaced")]
    private static partial void LogReplaced(ILogger logger, string experiment, Type service, string implementation);
}
