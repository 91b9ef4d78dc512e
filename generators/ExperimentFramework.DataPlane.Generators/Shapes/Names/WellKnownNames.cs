namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>The names that generator and analyzers look up in a compilation.</summary>
internal static class WellKnownNames
{
    /// <summary>The namespace of the attributes and the runtime.</summary>
    public const string Namespace = "ExperimentFramework.DataPlane";

    /// <summary>The namespace of the types that only generated code uses.</summary>
    public const string RuntimeNamespace = Namespace + ".CompilerServices";

    /// <summary>The attribute of an interface.</summary>
    public const string ExposureLogged = Namespace + ".ExposureLoggedAttribute";

    /// <summary>The attribute of a subject parameter.</summary>
    public const string ExposureSubject = Namespace + ".ExposureSubjectAttribute";

    /// <summary>The attribute of a tenant parameter.</summary>
    public const string ExposureTenant = Namespace + ".ExposureTenantAttribute";

    /// <summary>The attribute of a captured parameter.</summary>
    public const string ExposureAttribute = Namespace + ".ExposureAttributeAttribute";

    /// <summary>The attribute that makes a member exposing.</summary>
    public const string Exposed = Namespace + ".ExposedAttribute";

    /// <summary>The attribute that excludes a member from the exposures.</summary>
    public const string NotExposed = Namespace + ".NotExposedAttribute";

    /// <summary>The runtime type that a proxy uses.</summary>
    public const string Decorator = RuntimeNamespace + ".ExposureLoggingDecorator`1";

    /// <summary>The builder with <see cref="TrialMethod"/>.</summary>
    public const string Builder = Namespace + ".ExperimentFrameworkBuilder";

    /// <summary>The method that registers an experiment.</summary>
    public const string TrialMethod = "Trial";

    /// <summary>The method that registers an experiment without an interface.</summary>
    public const string ExperimentMethod = "Experiment";

    /// <summary>The class with <see cref="LoggingMethod"/>.</summary>
    public const string LoggingExtensions = "Microsoft.Extensions.DependencyInjection.ExposureLoggingServiceCollectionExtensions";

    /// <summary>The method that adds exposure logging to a service that is already registered.</summary>
    public const string LoggingMethod = "AddExposureLogging";

    /// <summary>The suffix of the names of generated proxy files.</summary>
    public const string ProxyFileEnd = ".ExposureProxy.g.cs";

    /// <summary>The name of the generated file that registers closed generics.</summary>
    public const string RegistrationsFile = "ExposureRegistrations.g.cs";

    /// <summary>The URL of the folder with the diagnostics' pages.</summary>
    public const string DiagnosticPages = "https://github.com/experimentframework/dataplane/blob/main/docs/diagnostics/";
}
