using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Writes the module initializer that registers the closed generic proxies of a project.</summary>
internal static class RegistrationEmitter
{
    public const string HintName = WellKnownNames.RegistrationsFile;

    public static string Emit(EquatableArray<RegistrationModel> registrations)
    {
        var writer = GeneratedFile.Start();
        writer.Open("namespace ExperimentFramework.DataPlane.Generated");
        writer.Line("/// <summary>Registers the proxies of the closed generic interfaces that this project uses in experiments.</summary>");
        writer.Line(GeneratedFile.GeneratedCode);
        writer.Open("internal static class ExposureRegistrations");
        writer.Line("/// <summary>Runs before any other code in this assembly.</summary>");
        writer.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
        writer.Open("internal static void Register()");
        foreach (var registration in registrations)
        {
            writer.Line($"{registration.Proxy}.Register();");
        }

        writer.Close();
        writer.Close();
        writer.Close();
        return writer.ToString();
    }
}
