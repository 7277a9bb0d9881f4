#if SQLite
import SMTPSecurity

extension ViolationQuery {
    /// A place in the order of entries.
    struct Position {
        /// Milliseconds since 1970.
        let time: Int64
        let supportID: SupportID
    }

    /// The columns that an entry is read from.
    static let columns = """
        support_id, time, profile, check_name, violation, action, alarm, block, evidence, reply, session, client, port, \
        greeting_name, sender, recipient_count, transaction_number, message_size, message_digest, recipient_list, \
        recipients_kept
        """

    /// The statement, and what is bound to its parameters.
    ///
    /// - Parameter position: where the page before ended.
    func statement(after position: Position?) -> (sql: String, values: [SQLValue]) {
        let conditions = conditions(after: position)
        var sql = "SELECT \(Self.columns) FROM entry"
        if !conditions.isEmpty { sql += " WHERE " + conditions.map(\.sql).joined(separator: " AND ") }
        sql += " ORDER BY time DESC, support_id DESC LIMIT ?"
        let limit = Int64(min(max(limit, 1), Self.maximumLimit))
        return (sql, conditions.flatMap(\.values) + [.integer(limit)])
    }

    private typealias Condition = (sql: String, values: [SQLValue])

    private func conditions(after position: Position?) -> [Condition] {
        var conditions: [Condition] = []
        if let supportID { conditions.append(("support_id = ?", [.number(supportID.rawValue)])) }
        if let violation {
            let isKind = violation.utf8.contains(UInt8(ascii: "."))
            conditions.append((isKind ? "violation = ?" : "check_name = ?", [.text(violation)]))
        }
        if let profile { conditions.append(("profile = ?", [.text(profile)])) }
        if let client { conditions.append(Self.condition(client)) }
        if let sender { conditions.append(("sender = ?", [.text(sender)])) }
        if let recipient {
            let holders = """
                support_id IN (
                    SELECT holder.support_id FROM recipient JOIN entry AS holder
                    ON holder.recipient_list = recipient.list AND holder.recipients_kept > recipient.position
                    WHERE recipient.path = ?)
                """
            conditions.append((holders, [.text(recipient)]))
        }
        if let from { conditions.append(("time >= ?", [.integer(from.milliseconds)])) }
        if let until { conditions.append(("time < ?", [.integer(until.milliseconds)])) }
        if let action { conditions.append(("action = ?", [.text(action.rawValue)])) }
        if let isAlarmed { conditions.append(("alarm = ?", [.flag(isAlarmed)])) }
        if let isBlocked {
            conditions.append(("action \(isBlocked ? "" : "NOT ")IN ('refused', 'closed')", []))
        }
        if let position {
            let id = SQLValue.number(position.supportID.rawValue)
            // The first half is for the index.
            conditions.append(
                ("time <= ? AND (time, support_id) < (?, ?)", [.integer(position.time), .integer(position.time), id]))
        }
        return conditions
    }

    private static func condition(_ client: IPNetwork) -> Condition {
        let (first, last) = client.keys
        // Equality lets the index say the order as well.
        if first == last { return ("client = ?", [.octets(first)]) }
        return ("client BETWEEN ? AND ?", [.octets(first), .octets(last)])
    }
}
#endif
