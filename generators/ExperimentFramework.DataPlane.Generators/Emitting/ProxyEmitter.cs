using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Prints a proxy.</summary>
internal static class ProxyEmitter
{
    private const string Runtime = "global::ExperimentFramework.DataPlane.";

    public static string Emit(ProxyModel proxy)
    {
        var writer = GeneratedFile.Start();
        if (proxy.Namespace.Length > 0)
        {
            writer.Open($"namespace {proxy.Namespace}");
        }

        EmitClass(proxy, writer);
        if (proxy.Namespace.Length > 0)
        {
            writer.Close();
        }

        return writer.ToString();
    }

    private static void EmitClass(ProxyModel proxy, SourceWriter writer)
    {
        var isGeneric = proxy.TypeParameters.Count > 0;
        var typeParameters = isGeneric ? "<" + string.Join(", ", proxy.TypeParameters.Select(parameter => parameter.Name)) + ">" : "";
        var decorator = $"{Runtime}ExposureLoggingDecorator<{proxy.Interface}>";

        writer.Line($"/// <summary>Serves the variants of <see cref=\"{proxy.DocumentationName}\"/> and records the exposures.</summary>");
        writer.Line(GeneratedFile.GeneratedCode);
        writer.Line("[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]");
        writer.Line($"{proxy.Accessibility} sealed class {proxy.Name}{typeParameters} : {proxy.Interface}");
        foreach (var parameter in proxy.TypeParameters.Where(parameter => parameter.Constraints.Length > 0))
        {
            writer.Indented($"where {parameter.Name} : {parameter.Constraints}");
        }

        writer.Open();
        writer.Line($"private readonly {decorator} decorator;");
        writer.Line();
        writer.Line($"private {proxy.Name}({decorator} decorator) => this.decorator = decorator;");
        writer.Line();
        writer.Line("/// <summary>Makes the proxy known to the run time.</summary>");
        if (!isGeneric)
        {
            writer.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
        }

        writer.Line($"{proxy.Accessibility} static void Register() =>");
        writer.Indented($"{Runtime}ExposureProxyRegistry.Register<{proxy.Interface}>({Contract(proxy.Contract)}, static decorator => new {proxy.Name}{typeParameters}(decorator));");
        foreach (var member in proxy.Members)
        {
            writer.Line();
            MemberEmitter.Emit(member, proxy.Interface, writer);
        }

        writer.Close();
    }

    private static string Contract(ContractModel contract)
    {
        var settings = new List<string>();
        if (contract.Semantics is { } semantics)
        {
            settings.Add($"Semantics = ({Runtime}ExposureSemantics)({semantics})");
        }

        if (contract.SamplingRate is not null)
        {
            settings.Add($"SamplingRate = {contract.SamplingRate}");
        }

        if (contract.FallbackToControl)
        {
            settings.Add("FallbackToControl = true");
        }

        var creation = $"new {Runtime}ExposureContract({contract.ExperimentName})";
        return settings.Count == 0 ? creation : $"{creation} {{ {string.Join(", ", settings)} }}";
    }
}
