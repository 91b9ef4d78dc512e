using System.Text;
using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Streams;

/// <summary>What is kept of a subject: what it was counted as, by the first of its exposures to arrive, and what it was assigned last.</summary>
/// <param name="Version">The version of the weights that it is counted under.</param>
/// <param name="Variant">The variant that it is counted in.</param>
/// <param name="Segments">The segments that it is counted in: a bit for each, by the number of the segment in its run.</param>
/// <param name="Scope">8 bits of the hash of its type and tenant.</param>
/// <param name="LastVersion">The version of the weights that it was seen with last.</param>
/// <param name="LastVariant">The variant that it was assigned last.</param>
/// <param name="Moves">Whether it has moved between variants.</param>
/// <remarks>The rules for moves are those of <see cref="SubjectTable"/>, which holds the subjects of a monitor in a process.</remarks>
internal readonly record struct FirstExposure(string Version, string Variant, uint Segments, byte Scope, string LastVersion, string LastVariant, Moves Moves)
{
    /// <summary>Follows the subject to the assignment of a later exposure.</summary>
    public FirstExposure Follow(byte scope, string version, string variant)
    {
        if (!IsOf(scope))
        {
            return this with { Moves = Moves | Moves.SharedId };
        }

        var moves = Moves;
        if (LastVariant != variant)
        {
            // New weights move subjects lawfully.
            moves |= LastVersion != version ? Moves.Explained : Moves.HasFlag(Moves.Reassigned) ? 0 : Moves.Crossover;
        }

        return this with { LastVersion = version, LastVariant = variant, Moves = moves };
    }

    /// <summary>Follows the subject to a variant that it was assigned for a known reason. The exposure may have come first, and was taken for a crossover then.</summary>
    public FirstExposure Reassign(byte scope, string variant)
    {
        if (!IsOf(scope))
        {
            return this with { Moves = Moves | Moves.SharedId };
        }

        var moves = LastVariant == variant ? Moves & ~Moves.Crossover : Moves;
        return this with { LastVariant = variant, Moves = moves | Moves.Explained | Moves.Reassigned };
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public static FirstExposure Read(byte[] bytes)
    {
        try
        {
            return ReadAll(bytes);
        }
        catch (IOException exception)
        {
            // That of a store that cannot be read is another one.
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>Writes it for the state store. The last assignment is written only if it is another one than the first.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((byte)Moves);
            writer.Write(Scope);
            writer.Write(Segments);
            writer.Write(Version);
            writer.Write(Variant);
            if (LastVersion != Version || LastVariant != Variant)
            {
                writer.Write(LastVersion);
                writer.Write(LastVariant);
            }
        }

        return stream.ToArray();
    }

    private static FirstExposure ReadAll(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        var moves = (Moves)reader.ReadByte();
        var (scope, segments, version, variant) = (reader.ReadByte(), reader.ReadUInt32(), reader.ReadString(), reader.ReadString());
        return reader.BaseStream.Position == bytes.Length
            ? new FirstExposure(version, variant, segments, scope, version, variant, moves)
            : new FirstExposure(version, variant, segments, scope, reader.ReadString(), reader.ReadString(), moves);
    }

    /// <summary>An id of several tenants or types may lawfully have several variants, so that its moves are no longer followed.</summary>
    private bool IsOf(byte scope) => scope == Scope && !Moves.HasFlag(Moves.SharedId);
}

/// <summary>How a subject has moved between variants.</summary>
[Flags]
internal enum Moves : byte
{
    None = 0,

    /// <summary>Within one version of the weights, without an explanation.</summary>
    Crossover = 1,

    /// <summary>For a known reason.</summary>
    Explained = 2,

    /// <summary>Its id was seen with another type or tenant.</summary>
    SharedId = 4,

    /// <summary>A reason was published, so that later moves are no crossovers.</summary>
    Reassigned = 8,
}
