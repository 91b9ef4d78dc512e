namespace ExperimentFramework.DataPlane.Generators;

/// <summary>The names of the generator's steps, for tests of which steps run again after an edit.</summary>
internal static class TrackingNames
{
    public const string Interfaces = nameof(Interfaces);
    public const string RegistrationCalls = nameof(RegistrationCalls);
    public const string ForeignProxies = nameof(ForeignProxies);
    public const string Registrations = nameof(Registrations);
    public const string ExperimentConstants = nameof(ExperimentConstants);
}
