namespace ExperimentFramework.DataPlane.Generators.Shapes;

/// <summary>The names that generator and analyzers look for in a compilation.</summary>
public static class WellKnownNames
{
    /// <summary>The namespace of attributes and run time.</summary>
    public const string Namespace = "ExperimentFramework.DataPlane";

    /// <summary>The namespace of the types that only generated code uses.</summary>
    public const string RuntimeNamespace = Namespace + ".CompilerServices";

    /// <summary>The tag of an interface.</summary>
    public const string ExposureLogged = Namespace + ".ExposureLoggedAttribute";

    /// <summary>The tag of a subject parameter.</summary>
    public const string ExposureSubject = Namespace + ".ExposureSubjectAttribute";

    /// <summary>The tag of a tenant parameter.</summary>
    public const string ExposureTenant = Namespace + ".ExposureTenantAttribute";

    /// <summary>The tag of an attribute parameter.</summary>
    public const string ExposureAttribute = Namespace + ".ExposureAttributeAttribute";

    /// <summary>The tag that puts a member into the exposures.</summary>
    public const string Exposed = Namespace + ".ExposedAttribute";

    /// <summary>The tag that takes a member out of the exposures.</summary>
    public const string NotExposed = Namespace + ".NotExposedAttribute";

    /// <summary>The run-time type that a proxy knows.</summary>
    public const string Decorator = RuntimeNamespace + ".ExposureLoggingDecorator`1";

    /// <summary>The builder with <see cref="TrialMethod"/>.</summary>
    public const string Builder = Namespace + ".ExperimentFrameworkBuilder";

    /// <summary>The method that registers an experiment.</summary>
    public const string TrialMethod = "Trial";

    /// <summary>The class with <see cref="LoggingMethod"/>.</summary>
    public const string LoggingExtensions = "Microsoft.Extensions.DependencyInjection.ExposureLoggingServiceCollectionExtensions";

    /// <summary>The method that adds exposure logging to a service that is registered already.</summary>
    public const string LoggingMethod = "AddExposureLogging";

    /// <summary>How the name of a file ends that holds a proxy.</summary>
    public const string ProxyFileEnd = ".ExposureProxy.g.cs";

    /// <summary>The folder of the diagnostics' pages.</summary>
    public const string DiagnosticPages = "https://github.com/experimentframework/dataplane/blob/main/docs/diagnostics/";
}
