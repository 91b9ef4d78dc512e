namespace ExperimentFramework.DataPlane;

/// <summary>The proxy that an experiment cannot do without.</summary>
internal static class RequiredProxy
{
    /// <summary>The generated proxy.</summary>
    /// <param name="call">The registration call, for the message.</param>
    /// <exception cref="InvalidOperationException">There is none; the message says why that may be.</exception>
    public static ExposureProxy<TService> Of<TService>(string call)
        where TService : class =>
        ExposureProxyRegistry.Find<TService>() ?? throw new InvalidOperationException(Message(typeof(TService), call));

    private static string Message(Type serviceType, string call) => serviceType.IsGenericType
        ? $"There is no proxy for {serviceType}. Tag the generic interface with [ExposureLogged], reference the generator in the project that calls {call}<...>, and write the closed type there: a call inside a generic method, where the type is a type parameter, cannot be seen by the generator. Where all of that is done, the build says in a DP1xxx error why no proxy could be written."
        : $"There is no proxy for {serviceType}. Tag the interface with [ExposureLogged] and reference the generator in its project or in the project that calls {call}<{serviceType.Name}>. Where both are done, the build says in a DP1xxx error why no proxy could be written.";
}
