namespace ExperimentFramework.DataPlane.Generators.Parsing;

/// <summary>The names that the generator looks for in a compilation.</summary>
internal static class WellKnownNames
{
    public const string Namespace = "ExperimentFramework.DataPlane";
    public const string ExposureLogged = Namespace + ".ExposureLoggedAttribute";
    public const string ExposureSubject = Namespace + ".ExposureSubjectAttribute";
    public const string ExposureTenant = Namespace + ".ExposureTenantAttribute";
    public const string ExposureAttribute = Namespace + ".ExposureAttributeAttribute";
    public const string Decorator = Namespace + ".ExposureLoggingDecorator`1";
    public const string Builder = Namespace + ".ExperimentFrameworkBuilder";
    public const string TrialMethod = "Trial";
    public const string LoggingExtensions = "Microsoft.Extensions.DependencyInjection.ExposureLoggingServiceCollectionExtensions";
    public const string LoggingMethod = "AddExposureLogging";
}
