public import SMTPSecurity
