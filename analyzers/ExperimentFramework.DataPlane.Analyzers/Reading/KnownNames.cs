using ExperimentFramework.DataPlane.Generators.Shapes;

namespace ExperimentFramework.DataPlane.Analyzers;

/// <summary>The names of types that only the analyzers look up; the others are in <see cref="WellKnownNames"/>.</summary>
internal static class KnownNames
{
    private const string RegistrationNamespace = "Microsoft.Extensions.DependencyInjection";

    public const string Options = WellKnownNames.Namespace + ".DataPlaneOptions";
    public const string Redaction = WellKnownNames.Namespace + ".PiiRedactionOptions";
    public const string TrialBuilder = WellKnownNames.Namespace + ".TrialBuilder`1";
    public const string ExperimentBuilder = WellKnownNames.Namespace + ".ExperimentBuilder";
    public const string VariantBuilder = WellKnownNames.Namespace + ".VariantBuilder";
    public const string LoggingBuilder = WellKnownNames.Namespace + ".ExposureLoggingBuilder`1";
    public const string Logger = WellKnownNames.Namespace + ".IExposureLogger`1";
    public const string SubjectProvider = WellKnownNames.Namespace + ".ISubjectIdentityProvider";
    public const string OverrideProvider = WellKnownNames.Namespace + ".IVariantOverrideProvider";
    public const string HttpSubjectExtensions = RegistrationNamespace + ".HttpSubjectServiceCollectionExtensions";
    public const string Store = WellKnownNames.Namespace + ".IAssignmentStore";
    public const string StoreExtensions = RegistrationNamespace + ".AssignmentStoreServiceCollectionExtensions";
    public const string SqliteStoreExtensions = RegistrationNamespace + ".SqliteAssignmentStoreServiceCollectionExtensions";
    public const string RedisStoreExtensions = RegistrationNamespace + ".RedisAssignmentStoreServiceCollectionExtensions";
    public const string PostgreSqlStoreExtensions = RegistrationNamespace + ".PostgreSqlAssignmentStoreServiceCollectionExtensions";
    public const string Experiments = WellKnownNames.Namespace + ".IExperiments";
    public const string ExposureRecorder = WellKnownNames.Namespace + ".IExposureRecorder";
    public const string MetricRecorder = WellKnownNames.Namespace + ".IMetricRecorder";
    public const string SubjectAssignments = WellKnownNames.Namespace + ".ISubjectAssignments";
    public const string ExposureEvent = WellKnownNames.Namespace + ".ExposureEvent";
    public const string MetricEvent = WellKnownNames.Namespace + ".MetricEvent";
    public const string DecidedExposure = WellKnownNames.Namespace + ".DecidedExposure";
    public const string Publisher = WellKnownNames.Namespace + ".IEventPublisher";
    public const string BackplaneExtensions = RegistrationNamespace + ".DataBackplaneServiceCollectionExtensions";
    public const string ServiceCollection = RegistrationNamespace + ".IServiceCollection";
    public const string ProviderExtensions = RegistrationNamespace + ".ServiceProviderServiceExtensions";
    public const string KeyedProviderExtensions = RegistrationNamespace + ".ServiceProviderKeyedServiceExtensions";
    public const string EndpointExtensions = "Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions";
    public const string HttpContext = "Microsoft.AspNetCore.Http.HttpContext";
    public const string Backplane = WellKnownNames.Namespace + ".IDataBackplane";
}
