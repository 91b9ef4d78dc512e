using System.Globalization;
using System.Text;

namespace ExperimentFramework.DataPlane;

/// <summary>An object or an array inside a JSON text.</summary>
/// <param name="parent">The object or array around it; null for the whole text.</param>
/// <param name="name">The member of the parent that it is; null for an item of an array.</param>
/// <param name="index">The item of the parent that it is.</param>
internal sealed class JsonPlace(JsonPlace? parent, string? name, int index)
{
    /// <summary>A name may be as long as the whole text; a complaint shows its beginning.</summary>
    private const int MaxNameLength = 256;

    /// <summary>What is around the whole text.</summary>
    public static JsonPlace Root { get; } = new(null, "", 0);

    /// <summary>The object or array around it; the root's is itself.</summary>
    public JsonPlace Parent => parent ?? this;

    /// <summary>The member of the parent that it is; null for an item of an array.</summary>
    public string? Name => name;

    /// <summary>The item of the parent that it is.</summary>
    public int Index => index;

    /// <summary>The path of a member, or of an item if the name is null, for example <c>payload.attributes.tags[2]</c>.</summary>
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
