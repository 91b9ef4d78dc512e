using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Writes a proxy.</summary>
internal static class ProxyEmitter
{
    private const string ModuleInitializer = "[global::System.Runtime.CompilerServices.ModuleInitializer]";

    public static string Emit(ProxyModel proxy)
    {
        var writer = GeneratedFile.Start();
        if (proxy.Names.Namespace.Length > 0)
        {
            writer.Open($"namespace {proxy.Names.Namespace}");
        }

        OpenOuterTypes(proxy, writer);
        EmitClass(proxy, writer);
        foreach (var _ in proxy.OuterTypes)
        {
            writer.Close();
        }

        if (proxy.Names.Namespace.Length > 0)
        {
            writer.Close();
        }

        return writer.ToString();
    }

    /// <summary>A module initializer must be accessible from the module, so each outer type passes the call on to the type nested in it.</summary>
    private static void OpenOuterTypes(ProxyModel proxy, SourceWriter writer)
    {
        for (var i = 0; i < proxy.OuterTypes.Count; i++)
        {
            var inner = i + 1 < proxy.OuterTypes.Count ? proxy.OuterTypes[i + 1].Split(' ').Last() + "." + proxy.Names.Register : proxy.Names.Type + ".Register";
            writer.Open(proxy.OuterTypes[i]);
            if (i == 0)
            {
                writer.Line(ModuleInitializer);
            }

            writer.Line($"internal static void {proxy.Names.Register}() => {inner}();");
            writer.Line();
        }
    }

    private static void EmitClass(ProxyModel proxy, SourceWriter writer)
    {
        var typeArguments = TypeParameters(proxy, parameter => parameter.Name);
        var decorator = $"{RuntimeCalls.Decorator}<{proxy.Interface}>";
        writer.Line($"/// <summary>Serves the variants of <see cref=\"{proxy.Names.Documentation}\"/> and records the exposures.</summary>");
        writer.Line(GeneratedFile.GeneratedCode);
        writer.Line("[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]");
        writer.Line("[global::System.Diagnostics.DebuggerStepThrough]");
        writer.Lines(proxy.Attributes);
        writer.Line($"{proxy.Accessibility} sealed class {proxy.Names.Type}{TypeParameters(proxy, parameter => parameter.Attributes + parameter.Name)} : {proxy.Interface}");
        foreach (var parameter in proxy.TypeParameters.Where(parameter => parameter.Constraints.Length > 0))
        {
            writer.Indented($"where {parameter.Name} : {parameter.Constraints}");
        }

        writer.Open();
        writer.Line($"private readonly {decorator} decorator;");
        writer.Line();
        writer.Line($"private {proxy.Names.Type}({decorator} decorator) => this.decorator = decorator;");
        writer.Line();
        writer.Line("/// <summary>Registers the proxy with the runtime.</summary>");
        if (proxy.TypeParameters.Count == 0 && proxy.OuterTypes.Count == 0)
        {
            writer.Line(ModuleInitializer);
        }

        writer.Line($"{(proxy.Accessibility == "public" ? "public" : "internal")} static void Register() =>");
        writer.Indented($"{RuntimeCalls.Register}<{proxy.Interface}>(");
        writer.Indented($"    {Contract(proxy.Contract)},");
        writer.Indented($"    static decorator => new {proxy.Names.Type}{typeArguments}(decorator));");
        foreach (var member in proxy.Members)
        {
            writer.Line();
            writer.Lines(member.Attributes);
            MemberEmitter.Emit(member, writer);
        }

        writer.Close();
    }

    private static string TypeParameters(ProxyModel proxy, Func<TypeParameterModel, string> text) =>
        proxy.TypeParameters.Count == 0 ? "" : "<" + string.Join(", ", proxy.TypeParameters.Select(text)) + ">";

    private static string Contract(ContractModel contract)
    {
        var settings = new List<string>();
        if (contract.Semantics is { } semantics)
        {
            settings.Add($"Semantics = ({RuntimeCalls.Semantics})({semantics})");
        }

        if (contract.SamplingRate is not null)
        {
            settings.Add($"SamplingRate = {contract.SamplingRate}");
        }

        if (contract.FallbackToControl)
        {
            settings.Add("FallbackToControl = true");
        }

        if (contract.RecordOutcomes)
        {
            settings.Add("RecordOutcomes = true");
        }

        if (contract.PersonalAttributes.Count > 0)
        {
            settings.Add($"PersonalAttributes = new[] {{ {string.Join(", ", contract.PersonalAttributes)} }}");
        }

        var creation = $"new {RuntimeCalls.Contract}({contract.ExperimentName})";
        return settings.Count == 0 ? creation : $"{creation} {{ {string.Join(", ", settings)} }}";
    }
}
