namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The types that the analyzers look for in a compilation.</summary>
internal static class KnownNames
{
    public const string Namespace = "ExperimentFramework.DataPlane";
    public const string ExposureLogged = Namespace + ".ExposureLoggedAttribute";
    public const string ExposureSubject = Namespace + ".ExposureSubjectAttribute";
    public const string ExposureTenant = Namespace + ".ExposureTenantAttribute";
    public const string Options = Namespace + ".DataPlaneOptions";
    public const string Builder = Namespace + ".ExperimentFrameworkBuilder";
    public const string TrialBuilder = Namespace + ".TrialBuilder`1";
    public const string LoggingBuilder = Namespace + ".ExposureLoggingBuilder`1";
    public const string LoggingExtensions = "Microsoft.Extensions.DependencyInjection.ExposureLoggingServiceCollectionExtensions";
    public const string ExposureAttribute = Namespace + ".ExposureAttributeAttribute";
}
