using System.Globalization;
using System.Text;
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

    /// <summary>This code unit and the one after it, the last, are not characters of XML.</summary>
    private const char FirstNoncharacter = '\ufffe';

    public static string Emit(EquatableArray<ExperimentNamesModel> experiments)
    {
        var writer = GeneratedFile.StartWithoutNullability();
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

    /// <summary>
    /// Returns a name as the text of a documentation comment. Whatever would end the line or is no character of XML is replaced; an XML writer would throw,
    /// and no constant would be written.
    /// </summary>
    private static string Documented(string name)
    {
        var text = new StringBuilder(name.Length);
        for (var i = 0; i < name.Length; i++)
        {
            var character = name[i];
            if (char.IsSurrogatePair(name, i))
            {
                text.Append(character).Append(name[++i]);
                continue;
            }

            text.Append(character switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ when char.IsControl(character) || char.GetUnicodeCategory(character) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => " ",
                _ when char.IsSurrogate(character) || character >= FirstNoncharacter => "\ufffd",
                _ => character.ToString(),
            });
        }

        return text.ToString();
    }
}
