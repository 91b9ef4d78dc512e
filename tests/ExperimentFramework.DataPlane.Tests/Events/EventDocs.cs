using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ExperimentFramework.DataPlane.Tests.Events;

/// <summary>What the XML documentation of the types says: the one place where meaning, unit and example of a field stand.</summary>
internal static partial class EventDocs
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "ExperimentFramework.DataPlane.Abstractions.xml"))
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value);

    public static string Meaning(Type type) => Text(Members[$"T:{type.FullName}"].Element("summary")!);

    /// <summary>What is null in a type is absent from JSON.</summary>
    public static string Meaning(PropertyInfo property) => Text(Element(property, "summary")).Replace("; null w", "; absent w", StringComparison.Ordinal);

    public static string Example(PropertyInfo property) => Element(property, "example").Value;

    private static XElement Element(PropertyInfo property, string name)
    {
        var member = Members[$"P:{property.DeclaringType!.FullName}.{property.Name}"];
        if (member.Element(name) is null && member.Element("inheritdoc") is not null)
        {
            member = Members[$"P:{property.DeclaringType.BaseType!.FullName}.{property.Name}"];
        }

        return member.Element(name) ?? throw new InvalidOperationException($"{property.DeclaringType.Name}.{property.Name} has no <{name}>: meaning, unit and example of a field stand in its documentation.");
    }

    /// <summary>The text with names in the place of references: types as they are, members as JSON has them.</summary>
    private static string Text(XElement element)
    {
        var text = string.Concat(element.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "see" } see => Name(see.Attribute("cref")!.Value),
            XElement other => other.Value,
            _ => "",
        }));
        return Space().Replace(text, " ").Trim();
    }

    private static string Name(string reference)
    {
        var name = reference.Split('.')[^1];
        return reference[0] == 'P' ? char.ToLowerInvariant(name[0]) + name[1..] : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
