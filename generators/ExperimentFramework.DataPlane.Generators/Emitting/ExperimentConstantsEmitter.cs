using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Shapes;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>Writes the constants of a project's experiments, so that code can name an experiment and its variants without strings.</summary>
internal static class ExperimentConstantsEmitter
{
    public const string HintName = "Experiments.g.cs";

    /// <summary>The name of the class that holds the constants.</summary>
    public const string Root = "Experiments";

    private const string Name = "Name";
    private const string Variants = "Variants";

    public static string Emit(EquatableArray<ExperimentNamesModel> experiments)
    {
        var writer = GeneratedFile.Start();
        writer.Open("namespace " + WellKnownNames.Namespace);
        writer.Line("/// <summary>The names of the experiments that this project registers.</summary>");
        writer.Line(GeneratedFile.GeneratedCode);
        writer.Open("internal static class " + Root);
        var taken = ConstantName.TakenIn(Root, Name, Variants);
        foreach (var (experiment, identifier) in ConstantName.Assign(experiments, experiment => experiment.Name, taken))
        {
            Write(writer, experiment, identifier);
        }

        writer.Close();
        writer.Close();
        return writer.ToString();
    }

    private static void Write(SourceWriter writer, ExperimentNamesModel experiment, string identifier)
    {
        writer.Line($"/// <summary>The experiment <c>{Documented(experiment.Name)}</c>.</summary>");
        writer.Open("internal static class " + identifier);
        writer.Line("/// <summary>The experiment's name.</summary>");
        writer.Line($"public const string {Name} = {TypeText.Literal(experiment.Name)};");
        if (experiment.Variants.Count > 0)
        {
            writer.Line();
            writer.Line("/// <summary>The keys of the experiment's variants.</summary>");
            writer.Open("internal static class " + Variants);
            var taken = ConstantName.TakenIn(Variants);
            foreach (var (key, constant) in ConstantName.Assign(experiment.Variants, key => key, taken))
            {
                writer.Line($"/// <summary>The variant <c>{Documented(key)}</c>.</summary>");
                writer.Line($"public const string {constant} = {TypeText.Literal(key)};");
            }

            writer.Close();
        }

        writer.Close();
    }

    private static string Documented(string name) => new System.Xml.Linq.XText(string.Concat(name.Select(character => char.IsControl(character) ? ' ' : character))).ToString();
}
