using System.Reflection;

namespace ExperimentFramework.DataPlane.OpenTelemetry;

/// <summary>The instrumentation scope of the records.</summary>
internal static class InstrumentationScope
{
    /// <summary>The scope's name, which is also the category of the records that go through <c>ILogger</c>.</summary>
    public const string Name = "ExperimentFramework.DataPlane.Events";

    public static readonly string Version = typeof(InstrumentationScope).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
