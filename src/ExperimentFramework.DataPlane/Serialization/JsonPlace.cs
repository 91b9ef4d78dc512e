using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>The location of an object or array within JSON.</summary>
/// <param name="parent">The enclosing object or array; null for the root.</param>
/// <param name="name">The name of the member in the parent; null for an array element.</param>
/// <param name="index">The index of the element in the parent.</param>
internal sealed class JsonPlace(JsonPlace? parent, string? name, int index)
{
    /// <summary>Limits names in messages: a name may be as long as the whole JSON.</summary>
    private const int MaxNameLength = 256;

    /// <summary>The location that encloses the root value.</summary>
    public static JsonPlace Root { get; } = new(null, "", 0);

    /// <summary>The enclosing object or array; the root is its own parent.</summary>
    public JsonPlace Parent => parent ?? this;

    /// <summary>The name of the member in the parent; null for an array element.</summary>
    public string? Name => name;

    /// <summary>The index of the element in the parent.</summary>
    public int Index => index;

    /// <summary>Returns the path of a member, or of an element if the name is null, for example <c>payload.attributes.tags[2]</c>.</summary>
    public string PathOf(string? member, int item)
    {
        var path = new StringBuilder();
        Append(path);
        Append(path, member, item);
        return path.ToString();
    }

    private void Append(StringBuilder path)
    {
        parent?.Append(path);
        Append(path, name, index);
    }

    private static void Append(StringBuilder path, string? member, int item)
    {
        if (member is null)
        {
            path.Append(CultureInfo.InvariantCulture, $"[{item}]");
        }
        else if (member.Length > 0)
        {
            path.Append(path.Length == 0 ? "" : ".").Append(Truncation.Truncate(member, MaxNameLength));
        }
    }
}
