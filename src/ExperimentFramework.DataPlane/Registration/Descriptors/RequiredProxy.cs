using ExperimentFramework.DataPlane.CompilerServices;

namespace ExperimentFramework.DataPlane;

/// <summary>Gets the generated proxy that an experiment requires.</summary>
internal static class RequiredProxy
{
    private const string NotInGenericMethods = "a call inside a generic method, where the type is a type parameter, cannot be seen by the generator.";

    private const string LookForErrors =
        "look for a DP1xxx error in the output of a build that runs analyzers. If there is none, the interface probably names a type or constant that another source generator writes, which no source generator sees: declare it in source or in a referenced project.";

    /// <summary>Returns the generated proxy.</summary>
    /// <param name="call">The registration method, for the message.</param>
    /// <exception cref="InvalidOperationException">There is none; the message lists the possible causes.</exception>
    public static ExposureProxy<TService> Of<TService>(string call)
        where TService : class =>
        ExposureProxyRegistry.Find<TService>() ?? throw new InvalidOperationException(Message(typeof(TService), call));

    private static string Message(Type serviceType, string call) => serviceType.IsGenericType
        ? $"There is no proxy for {serviceType}. Tag the generic interface with [ExposureLogged], reference the generator in the project that calls {call}<...>, and write the closed type there: {NotInGenericMethods} "
            + $"If that project is written in F#, Visual Basic or another language than C#, the generator does not run in it: declare the interface in a C# project that references the generator, and before {call} call {ProxyName(serviceType)}<...>.Register() with the same type arguments, which that project then contains; or move the {call} call to the C# project. "
            + "If the project is written in C# and all of that is done, " + LookForErrors
        : $"There is no proxy for {serviceType}. Tag the interface with [ExposureLogged] and reference the generator in its project, or in the project that calls {call}<{serviceType.Name}> and write the type there: {NotInGenericMethods} The generator runs in C# projects only: from F#, Visual Basic or another language, declare the interface in a C# project that references the generator. "
            + "If all of that is done, " + LookForErrors;

    /// <summary>Returns the name of the generated class, by the generator's rule for nested types, without its type parameters.</summary>
    private static string ProxyName(Type type)
    {
        var name = type.Name.Split('`')[0].Replace("_", "__", StringComparison.Ordinal);
        for (var outer = type.DeclaringType; outer is not null; outer = outer.DeclaringType)
        {
            name = outer.Name.Replace("_", "__", StringComparison.Ordinal).Replace('`', '_') + "_" + name;
        }

        return (type.Namespace is null ? "" : type.Namespace + ".") + name + "ExposureProxy";
    }
}
